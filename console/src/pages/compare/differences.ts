/** What changed between two versions of a model. */
import { BpmnModdle } from 'bpmn-moddle';
import { diff } from 'bpmn-js-differ';

export type ChangeKind = 'added' | 'removed' | 'changed' | 'moved';

export interface Difference {
  id: string;
  name: string;
  type: string;
  kind: ChangeKind;
  attributes: { name: string; before: string; after: string }[];
}

export async function differences(before: string, after: string): Promise<Difference[]> {
  const moddle = new BpmnModdle();
  const [old, recent] = await Promise.all([moddle.fromXML(before), moddle.fromXML(after)]);
  const result = diff(old.rootElement, recent.rootElement);
  const plain =
    (kind: ChangeKind) =>
    (model: { id: string; name?: string; $type: string }): Difference => ({
      id: model.id,
      name: model.name || model.id,
      type: model.$type.replace(/^bpmn:/, ''),
      kind,
      attributes: [],
    });
  return [
    ...Object.values(result._added).map(plain('added')),
    ...Object.values(result._removed).map(plain('removed')),
    ...Object.values(result._changed).map(({ model, attrs }) => ({
      ...plain('changed')(model),
      attributes: Object.entries(attrs).map(([name, values]) => ({ name, ...inOrder(values) })),
    })),
    ...Object.values(result._layoutChanged).map(plain('moved')),
  ];
}

/**
 * For a property that was replaced the library hands over the values the wrong way round, and 0 for the missing one
 * when it was removed; for entries of a list the order is right and the missing one is null.
 */
function inOrder({ oldValue, newValue }: { oldValue: unknown; newValue: unknown }): {
  before: string;
  after: string;
} {
  if (oldValue === undefined || oldValue === null || newValue === null) {
    return { before: describe(oldValue), after: describe(newValue) };
  }
  return { before: describe(newValue), after: oldValue === 0 ? '' : describe(oldValue) };
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value).replace(/^#ref:/, '');
  const element = value as { id?: string; body?: string; $type?: string };
  return element.body ?? element.id ?? element.$type ?? '…';
}
