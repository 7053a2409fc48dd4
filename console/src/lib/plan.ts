/** Plans that are drawn on diagrams: moving tokens in one instance, migrating instances to another version. */
import type { MigrationInstruction, MigrationPlan } from '../api/types';

/* Modification ------------------------------------------------------------------------------------------ */

export type ModificationStep =
  | { kind: 'move'; from: string; to: string }
  | { kind: 'start'; activityId: string }
  | { kind: 'cancel'; activityId: string };

type Instruction = Record<string, unknown>;

/** Instructions for one instance: start first, so that the scope the token leaves survives the move. */
export function modificationInstructions(steps: ModificationStep[]): Instruction[] {
  const starts: Instruction[] = [];
  const cancels: Instruction[] = [];
  for (const step of steps) {
    if (step.kind === 'start') starts.push({ type: 'startBeforeActivity', activityId: step.activityId });
    if (step.kind === 'move') starts.push({ type: 'startBeforeActivity', activityId: step.to });
    const cancelled = step.kind === 'move' ? step.from : step.kind === 'cancel' ? step.activityId : null;
    if (cancelled && !cancels.some((cancel) => cancel['activityId'] === cancelled)) {
      cancels.push({ type: 'cancel', activityId: cancelled });
    }
  }
  return [...starts, ...cancels];
}

/** The same for `/modification`, where many instances of one definition are changed. */
export function bulkModificationInstructions(steps: ModificationStep[]): Instruction[] {
  return modificationInstructions(steps).map((instruction) =>
    instruction['type'] === 'cancel'
      ? { ...instruction, cancelCurrentActiveActivityInstances: true }
      : instruction,
  );
}

/* Migration --------------------------------------------------------------------------------------------- */

const sourceOf = (instruction: MigrationInstruction) => instruction.sourceActivityIds[0] ?? '';

/** Maps `source` to `target`; an activity is mapped at most once, so an older mapping gives way. */
export function mapActivity(
  plan: MigrationPlan,
  source: string,
  target: string,
  event: boolean,
): MigrationPlan {
  const instruction: MigrationInstruction = {
    sourceActivityIds: [source],
    targetActivityIds: [target],
    updateEventTrigger: event,
  };
  const rest = plan.instructions.filter((other) => sourceOf(other) !== source);
  return { ...plan, instructions: [...rest, instruction] };
}

export function unmapActivity(plan: MigrationPlan, source: string): MigrationPlan {
  return { ...plan, instructions: plan.instructions.filter((other) => sourceOf(other) !== source) };
}

/** Activities where tokens stand and that the plan does not map: their instances cannot be migrated. */
export function unmapped(plan: MigrationPlan, occupied: Iterable<string>): string[] {
  const mapped = new Set(plan.instructions.map(sourceOf));
  return [...occupied].filter((activity) => !mapped.has(activity));
}
