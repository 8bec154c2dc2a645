import { EVENTS } from '../../src/model/event-words.ts';
import { ID_MAX } from '../../src/model/id-set.ts';
import { METRICS, type Metric } from '../../src/model/metric-words.ts';

/** Gives every id that there is a word, before anybody reads the vocabulary: import this first, in a thread of its own. */
const metrics = METRICS as Record<string, Metric>;
const events = EVENTS as Record<string, { id: number; title: Metric['title'] }>;
const taken = (words: Record<string, { id: number }>) => new Set(Object.values(words).map(({ id }) => id));
const [metricIds, eventIds] = [taken(metrics), taken(events)];

for (let id = 1; id <= ID_MAX; id++) {
  const title = { zh: `词${id}`, en: `Word ${id}` };
  const name = `word${id}_pct`;
  if (!metricIds.has(id))
    metrics[name] = { id, name, title, ucum: '%', min: 0, max: 100, decimals: 1, semantics: 'instant' };
  // Every second one is the twin of the one before.
  if (!eventIds.has(id)) events[id % 2 === 0 ? `word${id - 1}_cleared` : `word${id}`] = { id, title };
}
