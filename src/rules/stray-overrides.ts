import type { RuleSet } from '../model/rule-set.ts';
import { many, type Text } from '../model/text.ts';

const NAMED_MAX = 5;

/**
 * Overrides of homes that nobody has enrolled: a slip of the pen, most likely, and the home that was meant has the limits of
 * all. No mistake of the file: rules may be there before the homes.
 */
export function strayOverrides({ overrides }: RuleSet, isHome: (id: string) => boolean): Text | undefined {
  const homes = [...new Set(overrides.map(({ home }) => home))].filter((home) => !isHome(home)).sort();
  if (homes.length === 0) return undefined;
  const named = homes.slice(0, NAMED_MAX);
  const more = homes.length - named.length;
  return {
    zh: `单户例外（overrides）写给了没有登记的住户，不会生效：${named.join('、')}${more > 0 ? `，另有 ${more} 户` : ''}`,
    en: `overrides name ${many(homes.length, 'home that is', 'homes that are')} not enrolled, and hold nowhere: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`,
  };
}
