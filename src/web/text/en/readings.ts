import type { readings as chinese } from '../zh/readings.ts';
import type { InEnglish } from './in-english.ts';

export const readings: InEnglish<typeof chinese> = {
  'chart.away':
    'Readings of before {time} are with the outside store, which does not answer: that is not “no readings”',
  'chart.gap': 'no data',
  'chart.raised': 'Found',
  'chart.acknowledged': 'In hand',
  'chart.resolved': 'Resolved',
  'chart.threshold': 'Threshold',
  'chart.thresholdSystolic': 'Systolic threshold',
  'chart.thresholdDiastolic': 'Diastolic threshold',
  'chart.span.1': '1 day',
  'chart.span.3': '3 days',
  'chart.span.7': '7 days',
  'chart.span': 'Time span',
  'chart.empty':
    'There are no readings for this period. No readings does not mean no use, nor that all is well.',
  'chart.clocks': 'Times of the readings: {clocks}',
  'clock.device': "the device's own clock",
  'clock.network': 'the gateway or network (the device said none)',
  'clock.received': 'our own at arrival (neither device nor network said one)',
  'chart.zone': 'Times in {zone}',
  'chart.hourlyWater': 'Water used per hour',
  'chart.dailyWater': 'Water used in the last 24 hours',
  'chart.summary': '{title}: {from} to {to}, newest {value}',
  'chart.bloodPressure': 'Blood pressure',
};
