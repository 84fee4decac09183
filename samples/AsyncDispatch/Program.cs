using System.CommandLine;
using System.Runtime.InteropServices;
using AsyncDispatch;
using Samples;

var json = Options.Json();
var quick = new Option<bool>("--quick") { Description = "Small sizes: shows that it works, not how fast it is" };
var root = new RootCommand("Measures what asynchronous calls, loops of graphs and bounded queues are good for.") { json, quick };
return SampleCommand.Run(root, args, parsed =>
{
    var measure = new Measurements(parsed.GetValue(quick));
    var figures = new Figures(
        RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount,
        measure.Queued(), measure.HandOver(), measure.SmallSteps(), measure.Backlog(), measure.Overlap(), measure.Training());
    Report.Show(figures);
    Output.WriteJson(figures, parsed.GetValue(json));
});
