/** The parts of ECharts that are used; loaded with the first chart of a page. */

import { BarChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, SankeyChart, ScatterChart, GridComponent, TooltipComponent, LabelLayout, CanvasRenderer]);

export { init };
