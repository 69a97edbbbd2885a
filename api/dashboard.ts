import type { ResponseToolkit, Server } from '@hapi/hapi';
import { redactSecrets } from '../src/log/redact.ts';
import type { CommandQueues } from '../src/queue/command-queues.ts';

export const dashboardPath = '/dashboard';

export const dashboardUser = 'ironhand';

/** Only what we serve ourselves: the page asks for web fonts, and a machine in a ramdisk must ask nobody. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "script-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
].join('; ');

export interface DashboardDeps {
  readonly queues: CommandQueues;
  /** Compares in constant time. */
  readonly isPassword: (given: string) => boolean;
}

/**
 * Mounts the queue dashboard (bull-board), read-only, behind HTTP basic authentication. Loaded only when enabled, since it
 * costs memory.
 */
export async function mountDashboard(server: Server, deps: DashboardDeps): Promise<void> {
  const [{ createBullBoard }, { BullMQAdapter }, { HapiAdapter }, basic] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/hapi'),
    import('@hapi/basic'),
  ]);
  await server.register(basic);
  server.auth.strategy('dashboard', 'basic', {
    validate: (_request: unknown, user: string, password: string) => ({
      isValid: user === dashboardUser && deps.isPassword(password),
      credentials: { user },
    }),
  });

  const adapter = new HapiAdapter();
  createBullBoard({
    queues: deps.queues.all().map((queue) => {
      const shown = new BullMQAdapter(queue, { readOnlyMode: true });
      for (const field of ['data', 'returnValue', 'progress'] as const) shown.setFormatter(field, redactSecrets);
      return shown;
    }),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Ironhand', hideRedisDetails: true } },
  });
  adapter.setBasePath(dashboardPath);
  await server.register(
    { plugin: adapter.registerPlugin(), options: { auth: 'dashboard' } },
    { routes: { prefix: dashboardPath } },
  );
  server.ext('onPreResponse', (request, h: ResponseToolkit) => {
    const { response } = request;
    if (request.path.startsWith(dashboardPath) && !(response instanceof Error)) {
      response.header('content-security-policy', contentSecurityPolicy);
    }
    return h.continue;
  });
  server.ext('onPreHandler', (request, h: ResponseToolkit) => {
    const isReading = request.method === 'get' || request.method === 'head';
    if (!request.path.startsWith(dashboardPath) || isReading) return h.continue;
    return h.response({ error: 'the dashboard is read-only' }).code(405).header('allow', 'GET, HEAD').takeover();
  });
}
