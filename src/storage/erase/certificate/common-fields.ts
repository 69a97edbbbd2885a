import type { Config } from '../../../core/config.ts';
import type { MachineErasure } from '../device-erasure.ts';
import { type CommonFields, schemaVersion } from './certificate-body.ts';
import { plainText, plainTextOrNull } from './plain-text.ts';

/** Who answers for an erase; what is not configured stays open. */
export interface Performer {
  readonly operator: string | null;
  readonly location: string | null;
  readonly contact: string | null;
}

/** The performer as the options name him. */
export function performerOf(
  config: Pick<Config, 'eraseCertificateOperator' | 'eraseCertificateLocation' | 'eraseCertificateContact'>,
): Performer {
  return {
    operator: config.eraseCertificateOperator,
    location: config.eraseCertificateLocation,
    contact: config.eraseCertificateContact,
  };
}

/** What all certificates of one run have in common. */
export function commonFields({ machine, ...erasure }: MachineErasure, performer: Performer): Omit<CommonFields, 'id'> {
  return {
    schema_version: schemaVersion,
    standard: 'NIST SP 800-88 Rev. 1',
    issued_at: erasure.endedAt,
    source: {
      manufacturer: plainText(machine.manufacturer),
      product: plainText(machine.product),
      serial: plainText(machine.serial),
      node_uuid: plainText(erasure.nodeUuid),
      node_name: plainTextOrNull(erasure.nodeName),
    },
    run: { id: plainText(erasure.runId), step: plainText(erasure.step), plan_hash: plainText(erasure.planHash) },
    performed_by: {
      operator: plainTextOrNull(performer.operator),
      location: plainTextOrNull(performer.location),
      contact: plainTextOrNull(performer.contact),
      tool: `Ironhand ${plainText(erasure.agentVersion)}`,
    },
    post_sanitization: { destination: null, categorization: null },
  };
}
