import type { CommandBody } from '../model/command.ts';
import type { Failure } from '../model/errors.ts';
import type { Core } from './core.ts';

type Put = CommandBody<'registry.apply'>['put'];

/**
 * What is put, and with it the device in whose place the first of it comes, stopped. In one step: with two, a line that broke
 * between them left the old one enrolled, which from then on is missed, or its home with none at all.
 */
export function withReplaced(
  { registry }: Core,
  { put, replaces }: CommandBody<'registry.apply'>,
): { readonly put: Put } | { readonly failure: Failure } {
  if (replaces === undefined) return { put };
  const [first] = put;
  const old = registry.device(replaces);
  if (!old) return { failure: { code: 'DEVICE_NOT_FOUND', details: { device: replaces } } };
  if (first?.noun !== 'device' || first.home !== old.home || first.id === old.id)
    return { failure: { code: 'DEVICE_REPLACED_ELSEWHERE', details: { device: old.id, home: old.home } } };
  return { put: [...put, { ...old, disabled: true }] };
}
