import type { NvmeProbe } from '../../disk-probe.ts';
import type { Support } from '../../method.ts';

/**
 * What to say of an erase of the whole subsystem where it would take namespaces along that nobody can judge, because the kernel
 * does not list them; null where there are none. Pure.
 */
export function blockedByUnseen(
  probe: Pick<NvmeProbe, 'controller' | 'otherNamespaces' | 'namespaceDoubt'>,
): Support | null {
  const { controller, otherNamespaces, namespaceDoubt } = probe;
  const byName = "erase by a method that stays within one namespace (method 'overwrite')";
  if (otherNamespaces.length > 0) {
    const [noun, them] = otherNamespaces.length === 1 ? ['namespace', 'it'] : ['namespaces', 'them'];
    const why =
      `it would erase ${noun} ${otherNamespaces.join(', ')} of ${controller}, too, which this kernel does not list: ` +
      `attach ${them} (nvme attach-ns), to be judged, or delete ${them} (nvme delete-ns), or ${byName}`;
    return { kind: 'blocked', why };
  }
  if (namespaceDoubt === null) return null;
  return {
    kind: 'blocked',
    why: `it may erase namespaces of ${controller} that this kernel does not list: ${namespaceDoubt}; ${byName}`,
  };
}
