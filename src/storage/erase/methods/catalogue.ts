import type { EraseMethod } from '../method.ts';
import type { EraseMethodName } from '../method-name.ts';
import { ataSanitizeBlock, ataSanitizeCrypto, ataSanitizeOverwrite } from './ata/sanitize.ts';
import { ataSecureErase, ataSecureEraseEnhanced } from './ata/secure-erase.ts';
import { discard } from './discard.ts';
import { metadata } from './metadata.ts';
import { nvmeFormatCrypto, nvmeFormatUserData } from './nvme/format.ts';
import { nvmeSanitizeBlock, nvmeSanitizeCrypto, nvmeSanitizeOverwrite } from './nvme/sanitize.ts';
import { overwrite } from './overwrite.ts';
import { scsiFormatUnit } from './scsi/format-unit.ts';
import { scsiSanitizeBlock, scsiSanitizeCrypto, scsiSanitizeOverwrite } from './scsi/sanitize.ts';
import { writeZeroes } from './write-zeroes.ts';

export type EraseMethods = ReadonlyMap<EraseMethodName, EraseMethod>;

/** Every method that Ironhand has, by its name. */
export const eraseMethods: EraseMethods = new Map(
  [
    nvmeSanitizeCrypto,
    nvmeSanitizeBlock,
    nvmeSanitizeOverwrite,
    nvmeFormatCrypto,
    nvmeFormatUserData,
    ataSanitizeCrypto,
    ataSanitizeBlock,
    ataSanitizeOverwrite,
    ataSecureEraseEnhanced,
    ataSecureErase,
    scsiSanitizeCrypto,
    scsiSanitizeBlock,
    scsiSanitizeOverwrite,
    scsiFormatUnit,
    overwrite,
    writeZeroes,
    discard,
    metadata,
  ].map((method) => [method.name, method]),
);
