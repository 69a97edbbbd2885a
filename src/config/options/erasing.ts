import { defineOption } from '../option.ts';
import { oneOf, optionalPath, optionalText, wholeNumber } from '../option-types.ts';

/** Options about erasing disks; what a node says (`agent_erase_devices_iterations` and the like) is not among them. */
export const erasingOptions = {
  eraseVerification: defineOption({
    name: 'erase_verification',
    kernelParameter: 'ipa-erase-verification',
    type: oneOf('sample', 'full'),
    default: 'sample',
    help: 'How much of a disk is read back after it was erased.',
  }),
  eraseControllerConcurrency: defineOption({
    name: 'erase_controller_concurrency',
    kernelParameter: 'ipa-erase-controller-concurrency',
    type: wholeNumber(1),
    default: 16,
    help: 'Most disks behind one controller that are erased at a time.',
  }),
  eraseCertificateKeyFile: defineOption({
    name: 'erase_certificate_key_file',
    kernelParameter: null,
    type: optionalPath,
    default: null,
    help: 'PEM file with the private Ed25519 key that signs erase certificates; without one they say that they are unsigned.',
  }),
  eraseCertificateOperator: defineOption({
    name: 'erase_certificate_operator',
    kernelParameter: null,
    type: optionalText,
    default: null,
    help: 'Person or organisation that answers for the erase, as certificates name it.',
  }),
  eraseCertificateLocation: defineOption({
    name: 'erase_certificate_location',
    kernelParameter: null,
    type: optionalText,
    default: null,
    help: 'Place where disks are erased, as certificates name it.',
  }),
  eraseCertificateContact: defineOption({
    name: 'erase_certificate_contact',
    kernelParameter: null,
    type: optionalText,
    default: null,
    help: 'Telephone number or address of who answers for the erase, as certificates name it.',
  }),
};
