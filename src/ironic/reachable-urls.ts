import { errorText } from '../errors/guards.ts';
import type { IronicSettings } from './client.ts';
import { HttpClient, NoAnswerError } from './http-client.ts';
import type { IronicLog } from './ironic-log.ts';

/**
 * Those of several API URLs that answer at all, in their order; all of them where none does yet. The way to one that does not
 * answer may start at an address from which Ironic cannot be reached, so it must not decide which address is advertised.
 */
export async function reachableUrls(
  { apiUrls, httpRequestTimeoutSeconds }: Pick<IronicSettings, 'apiUrls' | 'httpRequestTimeoutSeconds'>,
  log: IronicLog,
): Promise<readonly string[]> {
  if (apiUrls.length < 2) return apiUrls;
  // Nothing is sent or believed, so any certificate will do.
  const http = new HttpClient({ timeoutSeconds: httpRequestTimeoutSeconds, insecure: true });
  try {
    const answers = await Promise.all(
      apiUrls.map(async (url) => {
        try {
          await http.request({ method: 'GET', url });
          return [url];
        } catch (error) {
          if (!(error instanceof NoAnswerError)) throw error;
          log.warn({ reason: errorText(error) }, 'an api_url does not answer');
          return [];
        }
      }),
    );
    const reachable = answers.flat();
    return reachable.length > 0 ? reachable : apiUrls;
  } finally {
    http.close();
  }
}
