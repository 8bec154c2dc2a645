/** Somebody who is told of every P1 and P2 of the community, on the terminal; and the policy that says so. */
export const gridWorkerLi = {
  noun: 'staff' as const,
  id: 's1',
  name: '李网格',
  roles: [{ role: 'grid-worker' as const, node: 'haitang' }],
  channels: [{ channel: 'terminal', address: '' }],
};

export const toGridWorkers = {
  routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] }],
  always: ['terminal'],
  fallback: { channels: ['terminal'] },
};
