import type { Text } from './text.ts';

/** Why no milder limit is proposed for a rule that cries wolf in a home. A closed list. */
export const NO_MILDER = {
  'no-limit': {
    zh: '这类规则没有可以放宽的限值；可静音、停用，或检查设备',
    en: 'Rules of this kind have no limit: silence it, switch it off here, or look at the device',
  },
  clinical: {
    zh: '健康限值须由家庭医生决定，系统不作建议',
    en: 'A limit on vital signs is for the family doctor to set, not for a machine to propose',
  },
  learned: {
    zh: '限值由规则按该户作息自行学习；如仍误报，请检查装置或补登外出',
    en: 'The limit is learned from the home itself: look at the devices, and whether absences are registered',
  },
  duty: {
    zh: '多久走访一次由管理要求决定，系统不作建议',
    en: 'How often people are visited is for people to decide, not for a machine to propose',
  },
  'about-others': {
    zh: '依据其他规则的结论，请调整那些规则',
    en: 'It rests on what other rules found: adjust those',
  },
  'whole-building': {
    zh: '涉及整栋楼，不能为一户放宽',
    en: 'It is about a building: one home has no limit of its own',
  },
  'guards-others': {
    zh: '漏水告警表明“用水过少”规则可能失灵，放宽会掩盖危险；请查漏',
    en: 'It marks that rules on low use may be blind here; a milder one would hide that. Find the leak',
  },
  'not-measured': {
    zh: '告警没有留下可比较的数值，或由人提前结束',
    en: 'An alert does not say what was measured, or people ended it before that was known',
  },
  'too-far': {
    zh: '要避免这些误报须把限值放宽到两倍以外，请人工判断',
    en: 'Only a limit more than twice as mild would have kept still: somebody has to think',
  },
  'out-of-range': {
    zh: '要避免这些误报，限值会超出允许范围',
    en: 'The limit that would have kept still lies outside what the rule allows',
  },
  'would-not-help': {
    zh: '现在的限值已不会再误报（可能刚调整过）',
    en: 'The present limit would have kept still already: it may have been changed since',
  },
  'rule-gone': {
    zh: '规则已不在用，或在此户停用',
    en: 'The rule is not in force any more, or not in this home',
  },
} as const satisfies Record<string, Text>;
export type NoMilder = keyof typeof NO_MILDER;
