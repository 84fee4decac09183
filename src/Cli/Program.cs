using System.Reflection;

if (args is ["--version"])
{
    string version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
    Console.WriteLine($"tgraph {version.Split('+')[0]}");
    return 0;
}

bool asked = args is ["--help"] or ["-h"];
(asked ? Console.Out : Console.Error).WriteLine("""
    usage: tgraph --version

    Inspection of recorded graphs is not part of this version yet.
    """);
return asked ? 0 : 2;
