import { useState } from 'react';
import { modifyInstance } from '../../api/processes';
import { modificationInstructions, type ModificationStep } from '../../lib/plan';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Button, Checkbox, IconButton } from '../../ui/controls';
import { Card } from '../../ui/page';

interface ModifyPanelProps {
  instanceId: string;
  selected: string | null;
  tokens: Map<string, number>;
  steps: ModificationStep[];
  moving: string | null;
  onSteps: (steps: ModificationStep[]) => void;
  onMoving: (from: string | null) => void;
  onDone: () => void;
}

export function ModifyPanel(props: ModifyPanelProps) {
  const { instanceId, selected, tokens, steps, moving, onSteps, onMoving, onDone } = props;
  const [skipListeners, setSkipListeners] = useState(false);
  const [skipMappings, setSkipMappings] = useState(false);
  const apply = useAction(
    () =>
      modifyInstance(instanceId, {
        instructions: modificationInstructions(steps),
        skipCustomListeners: skipListeners,
        skipIoMappings: skipMappings,
      }),
    { done: en.instance.modified, onDone },
  );
  return (
    <Card title={en.instance.modify} className="modify">
      <p className="muted">{en.instance.modifyHint}</p>
      <StepButtons
        selected={selected}
        tokens={tokens}
        moving={moving}
        onMoving={onMoving}
        onAdd={(step) => onSteps([...steps, step])}
      />
      <PlanList steps={steps} onChange={onSteps} />
      <Checkbox label={en.instance.skipListeners} checked={skipListeners} onChange={setSkipListeners} />
      <Checkbox label={en.instance.skipMappings} checked={skipMappings} onChange={setSkipMappings} />
      <div className="form-actions">
        <Button onClick={onDone}>{en.common.cancel}</Button>
        <Button
          look="primary"
          icon="check"
          busy={apply.isPending}
          disabled={steps.length === 0}
          onClick={() => apply.mutate(undefined)}
        >
          {en.instance.apply}
        </Button>
      </div>
    </Card>
  );
}

interface StepButtonsProps {
  selected: string | null;
  /** `null` where any activity may hold a token. */
  tokens: Map<string, number> | null;
  moving: string | null;
  onMoving: (from: string | null) => void;
  onAdd: (step: ModificationStep) => void;
}

export function StepButtons({ selected, tokens, moving, onMoving, onAdd }: StepButtonsProps) {
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

export function PlanList({
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
