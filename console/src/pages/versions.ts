import { listDefinitions } from '../api/processes';
import type { ProcessDefinition } from '../api/types';
import { useLive } from '../state/queries';

/** Versions offered for choice; older ones are reached by their address. */
const versionLimit = 200;

/** The versions of a process, the newest first. */
export function useVersions({ key, tenantId }: ProcessDefinition) {
  const tenant = tenantId ? { tenantIdIn: tenantId } : { withoutTenantId: true };
  return useLive(['definition', key, 'versions', tenantId], (signal) =>
    listDefinitions(
      { key, ...tenant, sortBy: 'version', sortOrder: 'desc', maxResults: versionLimit },
      signal,
    ),
  );
}
