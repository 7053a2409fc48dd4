import { describe, expect, it } from 'vitest';
import { flowNodes, labelOf } from './flow-nodes';

const model = `<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">
  <bpmn:process id="order">
    <bpmn:startEvent id="start"><bpmn:timerEventDefinition id="t"/></bpmn:startEvent>
    <bpmn:sequenceFlow id="f" name="goes" sourceRef="start" targetRef="sub"/>
    <bpmn:subProcess id="sub" name="Check&#10;  it">
      <bpmn:userTask id="look"/>
    </bpmn:subProcess>
    <bpmn:boundaryEvent id="late" attachedToRef="sub"/>
    <bpmn:textAnnotation id="note"/>
  </bpmn:process>
  <bpmn:process id="other"><bpmn:task id="else"/></bpmn:process>
</bpmn:definitions>`;

describe('flowNodes', () => {
  it('finds nodes at every depth, and nothing else', () => {
    expect(flowNodes(model, 'order').map(({ id, type }) => `${id} ${type}`)).toEqual([
      'start startEvent',
      'sub subProcess',
      'look userTask',
      'late boundaryEvent',
    ]);
  });

  it('takes names on one line, ids where there are none', () => {
    expect(flowNodes(model, 'order').map(labelOf)).toEqual(['start', 'Check it (sub)', 'look', 'late']);
  });

  it('takes all processes of a file when none is named', () => {
    expect(flowNodes(model).map(({ id }) => id)).toContain('else');
  });

  it('finds nothing in what is no model', () => {
    expect(flowNodes('not xml')).toEqual([]);
  });
});
