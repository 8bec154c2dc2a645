import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/** The anchor: aedes as it comes, with no handler and no storage. Says its port, and ends with its parent. */
const broker = await Aedes.createBroker();
const server = createServer((socket) => broker.handle(socket));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
process.on('disconnect', () => process.exit());
