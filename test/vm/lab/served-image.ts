import { statSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../ironic/lab/disk-evidence.ts';
import type { NodeFields } from '../../ironic/lab/lab-node.ts';
import type { Behaviours, ImageServer } from '../../support/image-server.ts';

/** instance_info for a raw or qcow2 image, which this server has from now on. */
export async function servedImage(server: ImageServer, file: string, behaviour: Behaviours = {}): Promise<NodeFields> {
  const format = path.extname(file) === '.qcow2' ? {} : { image_disk_format: 'raw' };
  return {
    image_source: server.serve(`/${path.basename(file)}`, file, behaviour),
    image_checksum: await hashOf(file, 0, statSync(file).size),
    ...format,
  };
}
