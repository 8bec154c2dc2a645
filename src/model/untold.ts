import type { Text } from './text.ts';

/** Homes in one part of the tree in which nobody could be told that somebody is in need. */
export interface UntoldPlace {
  /** Path of the highest node above them at or below which nobody stands who could be told. */
  readonly node: string;
  /** The names of the nodes down to there. */
  readonly name: string;
  readonly homes: number;
}

/** Homes of whose P1 or P2 no person and no group would be told at any step of the policy. */
export interface Untold {
  readonly homes: number;
  /** That with the most homes first. */
  readonly places: readonly UntoldPlace[];
}

export const NONE_UNTOLD: Untold = { homes: 0, places: [] };

const PLACES_NAMED_MAX = 5;

/** The places by their names, with how many homes each has; of many the first, and how many more there are. */
export function untoldPlaces({ places }: Untold): Text {
  const named = places.slice(0, PLACES_NAMED_MAX);
  const left = places.length - named.length;
  return {
    zh:
      named.map(({ node, name, homes }) => `${name}（${node}）${homes} 户`).join('、') +
      (left > 0 ? `，另有 ${left} 处` : ''),
    en:
      named.map(({ node, name, homes }) => `${homes} in ${name} (${node})`).join(', ') +
      (left > 0 ? `, and ${left} more places` : ''),
  };
}

/** One sentence for whoever puts it right. */
export function untoldText(untold: Untold): Text {
  const { zh, en } = untoldPlaces(untold);
  const { homes } = untold;
  return {
    zh: `${homes} 户的 P1、P2 事项通知不到任何人，只会到屏幕、程序与后备渠道：${zh}`,
    en: `of a P1 or P2 in ${homes} ${homes === 1 ? 'home' : 'homes'} no person could be told, only screens, programs and the fallback: ${en}`,
  };
}
