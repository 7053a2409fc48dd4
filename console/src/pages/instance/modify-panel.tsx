import { useState, type ReactNode } from 'react';
import { modifyInstance } from '../../api/processes';
import { modificationInstructions, type ModificationStep } from '../../lib/plan';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Button, IconButton } from '../../ui/controls';
import { Card } from '../../ui/page';
import { SkipOptions, skipNothing, type Skips } from './skip-options';
import type { TokenPlan } from './use-token-plan';

interface ModifyPanelProps {
  instanceId: string;
  selected: string | null;
  tokens: Map<string, number>;
  plan: TokenPlan;
  onDone: () => void;
}

export function ModifyPanel({ instanceId, selected, tokens, plan, onDone }: ModifyPanelProps) {
  const [skips, setSkips] = useState(skipNothing);
  const apply = useAction(
    () => modifyInstance(instanceId, { instructions: modificationInstructions(plan.steps), ...skips }),
    { done: en.instance.modified, onDone },
  );
  return (
    <PlanCard
      title={en.instance.modify}
      plan={plan}
      selected={selected}
      tokens={tokens}
      skips={skips}
      onSkips={setSkips}
    >
      <Button onClick={onDone}>{en.common.cancel}</Button>
      <Button
        look="primary"
        icon="check"
        busy={apply.isPending}
        disabled={plan.steps.length === 0}
        onClick={() => apply.mutate(undefined)}
      >
        {en.instance.apply}
      </Button>
    </PlanCard>
  );
}

interface PlanCardProps {
  title: string;
  plan: TokenPlan;
  selected: string | null;
  /** `null` where any activity may hold a token. */
  tokens: Map<string, number> | null;
  skips: Skips;
  onSkips: (skips: Skips) => void;
  /** The buttons that end it. */
  children: ReactNode;
}

/** The plan as it grows, and what can be added to it. */
export function PlanCard({ title, plan, selected, tokens, skips, onSkips, children }: PlanCardProps) {
  return (
    <Card title={title} className="modify">
      <p className="muted">{en.instance.modifyHint}</p>
      <StepButtons
        selected={selected}
        tokens={tokens}
        moving={plan.moving}
        onMoving={plan.setMoving}
        onAdd={plan.add}
      />
      <PlanList steps={plan.steps} onChange={plan.setSteps} />
      <SkipOptions value={skips} onChange={onSkips} />
      <div className="form-actions">{children}</div>
    </Card>
  );
}

interface StepButtonsProps {
  selected: string | null;
  tokens: Map<string, number> | null;
  moving: string | null;
  onMoving: (from: string | null) => void;
  onAdd: (step: ModificationStep) => void;
}

function StepButtons({ selected, tokens, moving, onMoving, onAdd }: StepButtonsProps) {
  const occupied = selected !== null && (tokens === null || tokens.has(selected));
  return (
    <div className="button-row">
      <Button
        small
        icon="move"
        disabled={!occupied}
        aria-pressed={moving !== null}
        onClick={() => onMoving(moving ? null : selected)}
      >
        {en.instance.moveFrom}
      </Button>
      <Button
        small
        icon="plus"
        disabled={!selected}
        onClick={() => selected && onAdd({ kind: 'start', activityId: selected })}
      >
        {en.instance.startHere}
      </Button>
      <Button
        small
        icon="close"
        disabled={!occupied}
        onClick={() => selected && onAdd({ kind: 'cancel', activityId: selected })}
      >
        {en.instance.cancelHere}
      </Button>
    </div>
  );
}

function PlanList({
  steps,
  onChange,
}: {
  steps: ModificationStep[];
  onChange: (steps: ModificationStep[]) => void;
}) {
  if (steps.length === 0) return <p className="plan-empty">{en.instance.planEmpty}</p>;
  return (
    <ol className="plan" aria-label={en.instance.plan}>
      {steps.map((step, index) => (
        <li key={index}>
          <span>
            {step.kind === 'move' && en.instance.stepMove(step.from, step.to)}
            {step.kind === 'start' && en.instance.stepStart(step.activityId)}
            {step.kind === 'cancel' && en.instance.stepCancel(step.activityId)}
          </span>
          <IconButton
            icon="close"
            label={en.instance.removeStep(index + 1)}
            onClick={() => onChange(steps.filter((_, other) => other !== index))}
          />
        </li>
      ))}
    </ol>
  );
}
