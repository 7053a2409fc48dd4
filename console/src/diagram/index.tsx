/** bpmn-js and dmn-js are large; they are loaded when the first diagram is shown. */
import { en } from '../text/en';
import { Loading } from '../ui/feedback';
import { onDemandWith } from '../ui/on-demand';

const loading = (
  <div className="diagram">
    <Loading label={en.diagram.loading} />
  </div>
);
const bpmn = onDemandWith(() => import('./bpmn-diagram'), loading);
const dmn = onDemandWith(() => import('./dmn-diagram'), loading);

/** For pages that will show a diagram: it is on its way while they still ask for the model. */
export const preloadBpmn = bpmn.preload;
export const BpmnDiagram = bpmn.Component;
export const DmnDiagram = dmn.Component;

export type { Badge, DiagramElement, DiagramView } from './view';
