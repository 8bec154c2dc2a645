import { isServicePath } from './service-finding.ts';

/**
 * The name under which the homes of one building have a state together: `area~haitang~g1~b3`. No id of a home, device
 * or gateway may hold a tilde, so it can mean nothing else.
 */
export const areaId = (path: string): string => `area~${path.replaceAll('/', '~')}`;

/** The path of the node that an area stands for; undefined for what is not the id of an area. */
export const areaPath = (id: string): string | undefined =>
  id.startsWith('area~') ? id.slice(5).replaceAll('~', '/') : undefined;

/** `a/b/c` → `a/b`; `a` → ``. */
export const parentPath = (of: string): string => of.slice(0, Math.max(0, of.lastIndexOf('/')));

/** Does the node cover this path: is it the node itself or below it? The empty node covers everything. */
export const covers = (node: string, of: string): boolean =>
  node === '' || of === node || of.startsWith(`${node}/`);

/** Does a right on this node reach this path? On what concerns the service as a whole, a right on any node does. */
export const reaches = (node: string, path: string): boolean => covers(node, path) || isServicePath(path);
