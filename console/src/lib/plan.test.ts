import { describe, expect, it } from 'vitest';
import {
  bulkModificationInstructions,
  mapActivity,
  modificationInstructions,
  unmapActivity,
  unmapped,
} from './plan';

describe('modificationInstructions', () => {
  it('starts before it cancels, so that the scope around both survives', () => {
    expect(modificationInstructions([{ kind: 'move', from: 'a', to: 'b' }])).toEqual([
      { type: 'startBeforeActivity', activityId: 'b' },
      { type: 'cancel', activityId: 'a' },
    ]);
  });

  it('cancels an activity once, however many moves start from it', () => {
    const instructions = modificationInstructions([
      { kind: 'move', from: 'a', to: 'b' },
      { kind: 'move', from: 'a', to: 'c' },
      { kind: 'cancel', activityId: 'a' },
    ]);
    expect(instructions.filter((instruction) => instruction['type'] === 'cancel')).toHaveLength(1);
    expect(instructions).toHaveLength(3);
  });

  it('cancels all instances of an activity when many process instances are changed', () => {
    expect(bulkModificationInstructions([{ kind: 'cancel', activityId: 'a' }])).toEqual([
      { type: 'cancel', activityId: 'a', cancelCurrentActiveActivityInstances: true },
    ]);
  });
});

describe('migration plan', () => {
  const plan = { sourceProcessDefinitionId: 's', targetProcessDefinitionId: 't', instructions: [] };

  it('maps an activity once: the last mapping counts', () => {
    const mapped = mapActivity(mapActivity(plan, 'a', 'x', false), 'a', 'y', true);
    expect(mapped.instructions).toEqual([
      { sourceActivityIds: ['a'], targetActivityIds: ['y'], updateEventTrigger: true },
    ]);
    expect(unmapActivity(mapped, 'a').instructions).toEqual([]);
    expect(plan.instructions).toEqual([]);
  });

  it('finds tokens that would be left behind', () => {
    expect(unmapped(mapActivity(plan, 'a', 'a', false), ['a', 'b'])).toEqual(['b']);
  });
});
