import type { Lifecycle, Request, ResponseObject, Server } from '@hapi/hapi';
import { redactSecrets } from '../src/log/redact.ts';
import type { CommandQueues } from '../src/queue/command-queues.ts';
import { readableProgress } from './readable-progress.ts';

export const dashboardPath = '/dashboard';

const dashboardUser = 'ironhand';

/** Only what we serve ourselves: the network of a machine in a ramdisk may have nobody else to ask. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The web fonts that bull-board's page wants from elsewhere; without them it takes those of the browser. */
const foreignLinks = /<link\b[^>]*\bhref="https?:[^>]*>/g;

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
      for (const field of ['data', 'returnValue'] as const) shown.setFormatter(field, redactSecrets);
      shown.setFormatter('progress', (progress: unknown) => readableProgress(redactSecrets(progress)));
      shown.setFormatter('name', jobName);
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
  server.route({ method: 'GET', path: `${dashboardPath}/`, handler: (_request, h) => h.redirect(dashboardPath) });
  server.ext('onPreHandler', refuseChanges);
  server.ext('onPreResponse', keepToOurselves);
}

/** What an operator looks for in a list of jobs: the step, where there is one. */
function jobName({ name, data }: { readonly name: string; readonly data?: unknown }): string {
  const { params } = (data ?? {}) as { readonly params?: { readonly step?: { readonly step?: unknown } } };
  const step = params?.step?.step;
  return typeof step === 'string' ? `${name}: ${step}` : name;
}

export function isDashboardPath(path: string): boolean {
  return path === dashboardPath || path.startsWith(`${dashboardPath}/`);
}

const refuseChanges: Lifecycle.Method = (request, h) => {
  const isReading = request.method === 'get' || request.method === 'head';
  if (!isDashboardPath(request.path) || isReading) return h.continue;
  return h.response({ error: 'the dashboard is read-only' }).code(405).header('allow', 'GET, HEAD').takeover();
};

const keepToOurselves: Lifecycle.Method = async (request, h) => {
  const { response } = request;
  if (!isDashboardPath(request.path) || response instanceof Error) return h.continue;
  if (response.variety !== ('view' as string)) {
    response.header('content-security-policy', contentSecurityPolicy);
    return h.continue;
  }
  const page = await renderView(request, response);
  return h
    .response(page.replace(foreignLinks, ''))
    .type('text/html')
    .header('content-security-policy', contentSecurityPolicy);
};

/** The text of a response made by the view plugin, which bull-board brings and whose types are not known here. */
async function renderView(request: Request, response: ResponseObject): Promise<string> {
  const { template, context } = response.source as unknown as { readonly template: string; readonly context: object };
  const { render } = request as unknown as { render(template: string, context: object): Promise<string> };
  return await render.call(request, template, context);
}
