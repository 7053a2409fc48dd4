/** bpmn-js and dmn-js are large; they are loaded when the first diagram is shown. */
import { lazy, Suspense } from 'react';
import { en } from '../text/en';
import { Loading } from '../ui/feedback';
import type { BpmnDiagramProps } from './bpmn-diagram';
import type { DmnDiagramProps } from './dmn-diagram';

const LazyBpmn = lazy(() => import('./bpmn-diagram'));
const LazyDmn = lazy(() => import('./dmn-diagram'));

const loading = (
  <div className="diagram">
    <Loading label={en.diagram.loading} />
  </div>
);

export const BpmnDiagram = (props: BpmnDiagramProps) => (
  <Suspense fallback={loading}>
    <LazyBpmn {...props} />
  </Suspense>
);

export const DmnDiagram = (props: DmnDiagramProps) => (
  <Suspense fallback={loading}>
    <LazyDmn {...props} />
  </Suspense>
);

export type { Badge, DiagramElement, DiagramView } from './view';
