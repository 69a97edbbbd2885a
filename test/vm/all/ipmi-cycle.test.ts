import { playMetalCycle } from '../lab/bmc/metal-cycle.ts';

playMetalCycle('by IPMI and the iPXE of its network card, a machine goes from enroll to its own system and back', {
  firmware: 'bios',
});
