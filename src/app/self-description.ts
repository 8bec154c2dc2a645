import type { DeviceDefinition } from '../devices/define.ts';
import type { RuleKindInfo } from '../ports/rule-info.ts';
import type { ModelInfo, Service } from '../ports/service.ts';
import { inputSchemaOf } from './json-schema.ts';
import type { Parts } from './load.ts';

/** The device models and kinds of rules as pages show them; a page of devices asks for a model once a row. */
export function selfDescription({
  models,
  kinds,
}: Pick<Parts, 'models' | 'kinds'>): Pick<Service, 'models' | 'model' | 'ruleKinds'> {
  let infos: readonly ModelInfo[] | undefined;
  const all = (): readonly ModelInfo[] => {
    infos ??= models.all().map(modelInfo);
    return infos;
  };
  let byName: ReadonlyMap<string, ModelInfo> | undefined;
  return {
    models: all,
    model(name) {
      byName ??= new Map(all().map((info) => [info.model, info]));
      return byName.get(name);
    },
    ruleKinds: () =>
      [...kinds.values()].map(({ kind, title, summary, about, params }): RuleKindInfo => {
        return { kind, title, summary, about, params: inputSchemaOf(params) };
      }),
  };
}

function modelInfo(definition: DeviceDefinition): ModelInfo {
  const { model, title, summary, topics, metrics, events, expectedIntervalMs, maker, settings } = definition;
  return {
    model,
    title,
    summary,
    topics,
    metrics,
    events,
    expectedIntervalMs,
    ...(maker === undefined ? {} : { maker }),
    ...(settings ? { settings: inputSchemaOf(settings) } : {}),
  };
}
