using System.CommandLine;
using Retracing;
using Samples;

var json = Options.Json("Also writes the findings to this file");
var root = new RootCommand("Reasons for which a graph function is traced again, with what the library says of each and with its remedy.") { json };
return SampleCommand.Run(root, args, parsed =>
{
    var findings = Finding.All();
    Report.Show(findings);
    Output.WriteJson(findings, parsed.GetValue(json));
}, widthOfPipe: 160);
