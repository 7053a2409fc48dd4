import { expect, it } from 'vitest';
import { differences } from './differences';

const model = (tasks: string) => `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <process id="p" isExecutable="true"><startEvent id="s" />${tasks}</process>
</definitions>`;

it('tells what was added, removed and changed, the old value first', async () => {
  const changes = await differences(
    model('<userTask id="a" name="Old" /><userTask id="gone" />'),
    model('<userTask id="a" name="New" /><serviceTask id="fresh" />'),
  );
  expect(changes.map(({ id, kind }) => [id, kind])).toEqual([
    ['fresh', 'added'],
    ['gone', 'removed'],
    ['a', 'changed'],
  ]);
  expect(changes.at(-1)?.attributes).toEqual([{ name: 'name', before: 'Old', after: 'New' }]);
});

it('finds nothing between a model and itself', async () => {
  const xml = model('<userTask id="a" />');
  expect(await differences(xml, xml)).toEqual([]);
});
