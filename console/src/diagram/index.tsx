/** bpmn-js and dmn-js are large; they are loaded when the first diagram is shown. */
import { lazy, Suspense } from 'react';
import { en } from '../text/en';
import { Loading } from '../ui/feedback';
import type { BpmnDiagramProps } from './bpmn-diagram';
import type { DmnDiagramProps } from './dmn-diagram';

const loadBpmn = () => import('./bpmn-diagram');
const LazyBpmn = lazy(loadBpmn);
const LazyDmn = lazy(() => import('./dmn-diagram'));

/** For pages that will show a diagram: it is on its way while they still ask for the model. */
export const preloadBpmn = (): void => void loadBpmn();

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
