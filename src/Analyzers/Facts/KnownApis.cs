using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>Facts about a method or property that is not written in the compilation.</summary>
[Flags]
internal enum ApiTraits
{
    None = 0,

    /// <summary>Changes the collection or builder that it is called on.</summary>
    Changes = 1,

    /// <summary>Puts elements into an array, list or span: its destination, else the first argument or the receiver.</summary>
    Fills = 2,

    /// <summary>Gives another name to the elements of its first argument or receiver.</summary>
    IsView = 4,

    /// <summary>Makes a collection.</summary>
    IsNew = 8,

    /// <summary>Changes the object that it is called on, or reads what cannot be read again.</summary>
    Advances = 16,

    /// <summary>Acts on the world outside of the program's variables.</summary>
    ActsOnWorld = 32,

    /// <summary>States what must hold.</summary>
    Asserts = 64,

    /// <summary>Another value at each call, although nobody in the program changes it.</summary>
    IsClock = 128,

    /// <summary>Reads what its object keeps and others change.</summary>
    ReadsState = 256,

    /// <summary>Keeps what the user's code put there.</summary>
    HoldsState = 4096,

    /// <summary>Compares what it is given, or the elements.</summary>
    Compares = 512,

    /// <summary>Has an effect when the graph runs.</summary>
    HasGraphEffect = 1024,

    /// <summary>Runs its delegate with the graph, on tensors that have values.</summary>
    IsHostCall = 2048,

    /// <summary>Traces its delegate once, for all the elements that the graph calls it with.</summary>
    TracesStep = 8192,
}

/// <summary>The framework's and the library's members that conversion and the rules know by name: one table.</summary>
internal static class KnownApis
{
    private static readonly ConditionalWeakTable<ISymbol, Api> s_known = new();

    /// <summary>
    /// Types (a star ends a namespace; a row counts for derived types as well), members (a star ends a prefix), what they do, and what to use instead
    /// or to compare.
    /// </summary>
    public static readonly IReadOnlyList<Row> Rows =
    [
        new("System.Collections.*", "Add AddRange Insert Remove RemoveAt Clear Push Pop Enqueue Dequeue AddFirst AddLast TryAdd Sort Reverse InsertRange RemoveRange RemoveAll RemoveFirst"
            + " RemoveLast RemoveWhere AddBefore AddAfter TryDequeue TryPop UnionWith ExceptWith IntersectWith SymmetricExceptWith SetRange TryRemove TryUpdate AddOrUpdate GetOrAdd TryTake"
            + " EnqueueRange EnqueueDequeue DequeueEnqueue PushRange TryPopRange Set SetAll And Or Xor Not LeftShift RightShift CompleteAdding",
            ApiTraits.Changes),
        new("System.Text.StringBuilder", "Append AppendLine AppendFormat AppendJoin Insert Remove Replace Clear", ApiTraits.Changes),
        new("System.Array", "Fill Reverse Sort Clear SetValue Copy ConstrainedCopy CopyTo", ApiTraits.Fills),
        new("System.Buffer", "BlockCopy", ApiTraits.Fills),
        new("System.Random", "NextBytes Shuffle", ApiTraits.Fills),
        new("System.Span`1", "Fill Clear CopyTo TryCopyTo", ApiTraits.Fills),
        new("System.ReadOnlySpan`1", "CopyTo TryCopyTo", ApiTraits.Fills),
        new("System.Memory`1", "CopyTo TryCopyTo", ApiTraits.Fills),
        new("System.ReadOnlyMemory`1", "CopyTo TryCopyTo", ApiTraits.Fills),
        new("System.MemoryExtensions", "Reverse Sort CopyTo", ApiTraits.Fills),
        new("System.String", "CopyTo TryCopyTo", ApiTraits.Fills),
        new("System.Collections.*", "CopyTo", ApiTraits.Fills),
        new("System.MemoryExtensions", "AsSpan AsMemory", ApiTraits.IsView),
        new("System.Runtime.InteropServices.CollectionsMarshal", "AsSpan", ApiTraits.IsView),
        new("System.Span`1", "Slice op_Implicit", ApiTraits.IsView),
        new("System.Memory`1", "Slice Span op_Implicit", ApiTraits.IsView),
        new("System.Linq.Enumerable", "ToArray ToList ToDictionary ToHashSet", ApiTraits.IsNew),
        new("System.Collections.*", "ToArray GetRange", ApiTraits.IsNew),
        new("System.Array", "Clone ConvertAll FindAll", ApiTraits.IsNew),
        new("System.GC", "AllocateArray AllocateUninitializedArray", ApiTraits.IsNew),
        new("System.String", "Split ToCharArray", ApiTraits.IsNew),
        new("System.Span`1", "ToArray", ApiTraits.IsNew),
        new("System.ReadOnlySpan`1", "ToArray", ApiTraits.IsNew),
        new("*", "MoveNext Read ReadLine TryDequeue TryPop TryTake Next NextDouble NextSingle", ApiTraits.Advances),
        new("System.IO.Stream", "Write* Read* SetLength Seek CopyTo*", ApiTraits.Advances),
        new("System.IO.TextReader", "Read*", ApiTraits.Advances),
        new("System.IO.TextWriter", "Write*", ApiTraits.Advances),
        new("System.IO.BinaryReader", "Read*", ApiTraits.Advances),
        new("System.IO.BinaryWriter", "Write* Seek", ApiTraits.Advances),
        new("System.Buffers.IBufferWriter`1", "Advance", ApiTraits.Advances),
        new("System.Buffers.ArrayBufferWriter`1", "Advance Clear ResetWrittenCount", ApiTraits.Advances),
        new("System.Text.Json.Utf8JsonWriter", "Write* Reset", ApiTraits.Advances),
        new("System.Collections.IEnumerator", "Reset", ApiTraits.Advances),
        new("System.IProgress`1", "Report", ApiTraits.Advances),
        new("System.WeakReference`1", "SetTarget", ApiTraits.Advances),
        new("System.Diagnostics.Stopwatch", "Start Stop Reset Restart", ApiTraits.Advances),
        new("System.Threading.CancellationTokenSource", "Cancel* TryReset", ApiTraits.Advances),
        new("System.Threading.Tasks.TaskCompletionSource", "Set* TrySet*", ApiTraits.Advances),
        new("System.Threading.Tasks.TaskCompletionSource`1", "Set* TrySet*", ApiTraits.Advances),
        new("System.Threading.Channels.ChannelWriter`1", "TryWrite WriteAsync Complete TryComplete", ApiTraits.Advances),
        new("System.Threading.Channels.ChannelReader`1", "TryRead ReadAsync", ApiTraits.Advances),
        new("System.Threading.EventWaitHandle", "Set Reset", ApiTraits.Advances),
        new("System.Threading.ManualResetEventSlim", "Set Reset", ApiTraits.Advances),
        new("System.Threading.SemaphoreSlim", "Release Wait*", ApiTraits.Advances),
        new("System.Threading.CountdownEvent", "Signal AddCount TryAddCount Reset", ApiTraits.Advances),
        new("System.Threading.Barrier", "SignalAndWait AddParticipant* RemoveParticipant*", ApiTraits.Advances),
        new("System.Console", "*", ApiTraits.ActsOnWorld, "Ops.Print"),
        new("System.Diagnostics.Debug", "Assert Fail", ApiTraits.Asserts),
        new("System.Diagnostics.Trace", "Assert Fail", ApiTraits.Asserts),
        new("System.Diagnostics.Debug", "*", ApiTraits.ActsOnWorld, "Ops.Print"),
        new("System.Diagnostics.Trace", "*", ApiTraits.ActsOnWorld, "Ops.Print"),
        new("System.IO.File", "*", ApiTraits.ActsOnWorld, "Ops.HostCall"),
        new("System.IO.TextWriter", "*", ApiTraits.ActsOnWorld, "Ops.HostCall"),
        new("System.Threading.Thread", "*", ApiTraits.ActsOnWorld, "Ops.HostCall"),
        new("System.Random", "*", ApiTraits.ActsOnWorld, "the random ops"),
        new("System.DateTime", "Now UtcNow Today", ApiTraits.IsClock),
        new("System.DateTimeOffset", "Now UtcNow", ApiTraits.IsClock),
        new("System.TimeProvider", "GetUtcNow GetLocalNow GetTimestamp GetElapsedTime", ApiTraits.IsClock),
        new("System.Diagnostics.Stopwatch", "Elapsed ElapsedMilliseconds ElapsedTicks GetTimestamp GetElapsedTime", ApiTraits.IsClock),
        new("System.Environment", "TickCount TickCount64 GetEnvironmentVariable GetEnvironmentVariables", ApiTraits.IsClock),
        new("System.Guid", "NewGuid CreateVersion7", ApiTraits.IsClock),
        new("System.Globalization.CultureInfo", "CurrentCulture CurrentUICulture", ApiTraits.IsClock),
        new("System.GC", "GetTotalMemory", ApiTraits.IsClock),
        new("System.Text.StringBuilder", "ToString", ApiTraits.ReadsState, "ToString()"),
        new("System.Threading.CancellationToken", "ThrowIfCancellationRequested", ApiTraits.ReadsState, "IsCancellationRequested"),
        .. new[]
        {
            "System.Text.StringBuilder", "System.IO.Stream", "System.IO.TextReader", "System.IO.BinaryReader", "System.IO.TextWriter",
            "System.IO.BinaryWriter",
            "System.Threading.CancellationToken", "System.Threading.CancellationTokenSource", "System.Threading.WaitHandle",
            "System.Threading.ManualResetEventSlim",
            "System.Threading.SemaphoreSlim", "System.Threading.CountdownEvent", "System.Threading.Barrier", "System.Threading.Thread",
            "System.Threading.Tasks.Task",
            "System.Threading.ReaderWriterLockSlim", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process", "System.WeakReference",
            "System.WeakReference`1",
            "System.Net.Http.HttpClient", "System.Net.Sockets.Socket", "System.IO.FileSystemInfo", "System.IO.DriveInfo",
            "System.Collections.Generic.PriorityQueue`2", "System.Threading.Channels.ChannelReader`1",
        }.Select(type => new Row(type, "*", ApiTraits.ReadsState)),
        new("System.Lazy`1", "IsValueCreated", ApiTraits.ReadsState),
        new("System.Collections.IEnumerator", "MoveNext Current", ApiTraits.ReadsState),
        new("System.Collections.Generic.IEnumerator`1", "Current", ApiTraits.ReadsState),
        new("System.Threading.AsyncLocal`1", "Value", ApiTraits.HoldsState),
        new("System.Threading.ThreadLocal`1", "Value", ApiTraits.HoldsState),
        new("System.Runtime.CompilerServices.StrongBox`1", "Value", ApiTraits.HoldsState),
        new("System.*", "Equals Contains IndexOf LastIndexOf Remove ContainsKey ContainsValue TryGetValue Distinct Union Intersect Except SequenceEqual ToHashSet", ApiTraits.Compares),
        new("TensorGraph.Tensor", "Equals", ApiTraits.Compares),
        new("TensorGraph.Ops", "Print Assert HostCall SetSeed Random*", ApiTraits.HasGraphEffect),
        new("TensorGraph.Variable", "Assign*", ApiTraits.HasGraphEffect),
        new("TensorGraph.Ops", "HostCall", ApiTraits.IsHostCall),
        new("TensorGraph.Ops", "Map Vmap Scan AssociativeScan Jacobian Hessian", ApiTraits.TracesStep),
    ];

    private static readonly ILookup<string, Row> s_byType = Rows.ToLookup(r => r.Type, StringComparer.Ordinal);

    public static bool Has(this ISymbol? member, ApiTraits traits) => member is not null && (Of(member).Traits & traits) != ApiTraits.None;

    /// <summary>False for a name that no known member with the traits has.</summary>
    public static bool MayHave(string name, ApiTraits traits) => Rows.Any(r => (r.Traits & traits) != ApiTraits.None && r.Matches(name));

    /// <summary>A replacement of a member that acts on the world, or to compare instead of one that reads state.</summary>
    public static string? Instead(ISymbol member) => Of(member).Instead;

    private static Api Of(ISymbol member) => s_known.GetValue(member.OriginalDefinition, Find);

    private static Api Find(ISymbol member)
    {
        var api = new Api();
        bool isOwnType = true;
        for (INamedTypeSymbol? type = member.ContainingType?.OriginalDefinition; type is not null; type = type.BaseType?.OriginalDefinition,
            isOwnType = false)
        {
            foreach (string name in Names(type))
            {
                foreach (Row row in s_byType[name].Where(r => r.Matches(member.Name)))
                {
                    // Not the members that a derived type adds to one that acts on the world.
                    if (!isOwnType && row.Traits == ApiTraits.ActsOnWorld && !member.IsOverride)
                        continue;
                    api.Traits |= row.Traits;
                    api.Instead ??= row.Instead;
                }
            }
        }
        // Those of immutable collections give a new one.
        if (member.ContainingNamespace is { Name: "Immutable" or "Frozen" } && member.ContainingType is { Name: not "Builder" })
            api.Traits &= ~ApiTraits.Changes;
        return api;
    }

    /// <summary>A type's full name, as metadata has it, and the namespaces that it is in.</summary>
    private static IEnumerable<string> Names(INamedTypeSymbol type)
    {
        yield return "*";
        if (type.ContainingNamespace is not { IsGlobalNamespace: false } space)
            yield break;
        string name = space.ToDisplayString();
        yield return $"{name}.{type.MetadataName}";
        for (int dot = name.Length; dot > 0; dot = name.LastIndexOf('.', dot - 1))
            yield return name.Substring(0, dot) + ".*";
    }

    private sealed class Api
    {
        public ApiTraits Traits { get; set; }

        public string? Instead { get; set; }
    }

    internal sealed record Row(string Type, string Members, ApiTraits Traits, string? Instead = null)
    {
        private readonly HashSet<string> _names = new(Members.Split(' '), StringComparer.Ordinal);

        public bool Matches(string name) => Members == "*" || _names.Contains(name)
            || _names.Any(n => n.EndsWith("*", StringComparison.Ordinal) && name.StartsWith(n.Substring(0, n.Length - 1), StringComparison.Ordinal));
    }
}
