using TensorGraph.Cli;

var output = Output.OfProcess();
try
{
    return App.Run(args, output);
}
catch (Exception fault)
{
    output.Fail($"tgraph has a defect, or a file of the recording is damaged: {fault.GetType().Name}: {fault.Message}");
    return App.Unusable;
}
