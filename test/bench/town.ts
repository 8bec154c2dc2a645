import { gatewayPlans } from './community.ts';
import type { BenchContext } from './figure.ts';
import { Publishers, type PublishersOptions } from './publishers.ts';
import { Site } from './site.ts';

export const TOWN_HOMES = 6_000;
export const TOWN_CONNECTIONS = 100;

const towns = new WeakMap<BenchContext, Promise<Site>>();

/** 6,000 homes behind 100 connections, for the figures that want no city; enrolled once in a run. */
export function townOf(context: BenchContext): Promise<Site> {
  const options = { name: 'town', homes: TOWN_HOMES, gateways: TOWN_CONNECTIONS };
  const known = towns.get(context) ?? Site.prepare(context, options);
  towns.set(context, known);
  return known;
}

/** All connections of the town, to its own broker or to another one. */
export const townLoad = (options: PublishersOptions): Promise<Publishers> =>
  Publishers.connect(options, gatewayPlans(TOWN_HOMES, TOWN_CONNECTIONS));
