/** The parts of ECharts that are used; loaded with the first chart of a page. */

import { BarChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, SankeyChart, GridComponent, TooltipComponent, CanvasRenderer]);

export { init };
