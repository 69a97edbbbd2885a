// Serves its process id on the socket that it was handed; see test/api/server.test.ts and test/scripts/cli/held-port.test.ts.
import Hapi from '@hapi/hapi';
import { startServer } from '../../api/server.ts';
import { passedListeningSocket } from '../../src/config/listening-socket.ts';

const socket = passedListeningSocket();
if (socket === null) throw new Error('expected a listening socket, got none');
const server = Hapi.server({ host: '127.0.0.1', autoListen: false });
server.route({ method: 'GET', path: '/', handler: () => ({ pid: process.pid, port: server.info.port }) });
await startServer(server, socket);
process.send?.({ ready: true });
