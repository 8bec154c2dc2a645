/** Names of places from the top down, as one reads them in Chinese: `3号楼2单元501`, `第一网格 b2 u1 6`. */
export const joinedNames = (names: readonly string[]): string =>
  names.length === 0 ? '' : names.reduce(joinTight);

/** Chinese names stand together; two that are not Chinese need a space between them. */
const joinTight = (left: string, right: string): string =>
  /[\p{Script=Latin}\p{N}]$/u.test(left) && /^[\p{Script=Latin}\p{N}]/u.test(right)
    ? `${left} ${right}`
    : left + right;
