import type { Badge } from '../../diagram';
import type { ModificationStep } from '../../lib/plan';
import { en } from '../../text/en';

/** The planned moves on the diagram: what would start and what would be cancelled. */
export function planBadges(steps: ModificationStep[]): Badge[] {
  return steps.flatMap((step): Badge[] => {
    const starts = step.kind === 'move' ? step.to : step.kind === 'start' ? step.activityId : null;
    const ends = step.kind === 'move' ? step.from : step.kind === 'cancel' ? step.activityId : null;
    return [
      ...(starts
        ? [{ elementId: starts, kind: 'planned' as const, text: '+', title: en.instance.willStart }]
        : []),
      ...(ends
        ? [{ elementId: ends, kind: 'cancelled' as const, text: '×', title: en.instance.willCancel }]
        : []),
    ];
  });
}
