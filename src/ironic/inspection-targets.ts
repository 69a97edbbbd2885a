import { type ApiVersion, apiVersions, isAtLeast } from './api-version.ts';

/** Where an inspection is posted to. */
export interface InspectionTarget {
  readonly url: string;
  /** Goes into the version header; null sends none, as ironic-python-agent does. */
  readonly version: ApiVersion | null;
}

const ironicPath = '/v1/continue_inspection';

/**
 * The given callback URLs, else the inspection of each Ironic API. An Ironic that we look our node up at as well is asked by its
 * own version where that is new enough: it then answers like a lookup, token included. Any other (an ironic-inspector, or an
 * Ironic that is not our api_url) is asked the old way, since a token that it hands out would be of no use.
 */
export function inspectionTargets(
  callbackUrls: readonly string[],
  apiUrls: readonly string[],
  newest: ApiVersion | null,
): readonly InspectionTarget[] {
  const ofApi = apiUrls.map((url) => `${url.replace(/\/+$/, '')}${ironicPath}`);
  const isNew = newest !== null && isAtLeast(newest, apiVersions.continueInspection);
  return (callbackUrls.length > 0 ? callbackUrls : ofApi).map((url) => {
    const isOurs = ofApi.includes(url.replace(/[?#].*$/, '').replace(/\/+$/, ''));
    return { url, version: isNew && isOurs ? apiVersions.continueInspection : null };
  });
}
