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
      attributes: Object.entries(attrs).map(([name, { oldValue, newValue }]) => ({
        name,
        before: describe(oldValue),
        after: describe(newValue),
      })),
    })),
    ...Object.values(result._layoutChanged).map(plain('moved')),
  ];
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  const element = value as { id?: string; body?: string; $type?: string };
  return element.body ?? element.id ?? element.$type ?? '…';
}
