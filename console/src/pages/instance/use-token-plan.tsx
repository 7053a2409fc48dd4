import { useState } from 'react';
import type { DiagramElement } from '../../diagram';
import type { ModificationStep } from '../../lib/plan';
import { en } from '../../text/en';

/** A plan of moves, made on a diagram: by dragging tokens, or by picking where from and where to. */
export function useTokenPlan(onSelect: (id: string | null) => void) {
  const [steps, setSteps] = useState<ModificationStep[]>([]);
  /** A token was picked and waits for its destination. */
  const [moving, setMoving] = useState<string | null>(null);
  const add = (step: ModificationStep) => setSteps((list) => [...list, step]);
  return {
    steps,
    setSteps,
    moving,
    setMoving,
    add,
    clear: () => {
      setSteps([]);
      setMoving(null);
    },
    /** For the diagram the plan is made on. */
    diagram: {
      onSelect: (element: DiagramElement | null) => {
        if (moving && element && moving !== element.id) add({ kind: 'move', from: moving, to: element.id });
        if (element) setMoving(null);
        onSelect(element?.id ?? null);
      },
      onMoveToken: (from: string, to: DiagramElement) => add({ kind: 'move', from, to: to.id }),
      overlay: moving ? <span className="note">{en.instance.chooseTarget(moving)}</span> : undefined,
    },
  };
}

export type TokenPlan = ReturnType<typeof useTokenPlan>;
