using TensorGraph.Cli;

return App.Run(args, Output.OfProcess());
