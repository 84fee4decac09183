namespace TensorGraph.Tests;

/// <summary>Tapes and the branches, loops and functions of the graph inside of the block that opened them.</summary>
public sealed partial class TapeRegionTests
{
    private static readonly Dictionary<string, Func<Model, Tensor, Tensor>> s_programs = new(StringComparer.Ordinal)
    {
        [nameof(Model.LoopPersistent)] = (model, x) => model.LoopPersistent(x),
        [nameof(Model.LoopOnce)] = (model, x) => model.LoopOnce(x),
        [nameof(Model.LoopCarried)] = (model, x) => model.LoopCarried(x),
        [nameof(Model.LoopCarriedOfVariable)] = (model, x) => model.LoopCarriedOfVariable(x),
        [nameof(Model.LoopByVariable)] = (model, x) => model.LoopByVariable(x),
        [nameof(Model.LoopArray)] = (model, x) => model.LoopArray(x),
        [nameof(Model.LoopNested)] = (model, x) => model.LoopNested(x),
        [nameof(Model.LoopNestedCarried)] = (model, x) => model.LoopNestedCarried(x),
        [nameof(Model.LoopStopped)] = (model, x) => model.LoopStopped(x),
        [nameof(Model.LoopSecond)] = (model, x) => model.LoopSecond(x),
        [nameof(Model.LoopSecondPersistent)] = (model, x) => model.LoopSecondPersistent(x),
        [nameof(Model.LoopAfter)] = (model, x) => model.LoopAfter(x),
        [nameof(Model.LoopInnerTape)] = (model, x) => model.LoopInnerTape(x),
        [nameof(Model.LoopWatch)] = (model, x) => model.LoopWatch(x),
        [nameof(Model.LoopWatchMade)] = (model, x) => model.LoopWatchMade(x),
        [nameof(Model.LoopSourceCarried)] = (model, x) => model.LoopSourceCarried(x),
        [nameof(Model.LoopDispose)] = (model, x) => model.LoopDispose(x),
        [nameof(Model.LoopCondition)] = (model, x) => model.LoopCondition(x),
        [nameof(Model.LoopClosedTape)] = (model, x) => model.LoopClosedTape(x),
        [nameof(Model.LoopBranchGradient)] = (model, x) => model.LoopBranchGradient(x),
        [nameof(Model.DoWhile)] = (model, x) => model.DoWhile(x),
        [nameof(Model.ForEach)] = (model, x) => model.ForEach(x),
        [nameof(Model.ForEachConstant)] = (model, x) => model.ForEachConstant(x),
        [nameof(Model.InScan)] = (model, x) => model.InScan(x),
        [nameof(Model.InScanItems)] = (model, x) => model.InScanItems(x),
        [nameof(Model.InScanState)] = (model, x) => model.InScanState(x),
        [nameof(Model.InScanOnce)] = (model, x) => model.InScanOnce(x),
        [nameof(Model.InVmap)] = (model, x) => model.InVmap(x),
        [nameof(Model.InAssociative)] = (model, x) => model.InAssociative(x),
        [nameof(Model.InOnDevice)] = (model, x) => model.InOnDevice(x),
        [nameof(Model.InCheckpoint)] = (model, x) => model.InCheckpoint(x),
        [nameof(Model.InCustom)] = (model, x) => model.InCustom(x),
        [nameof(Model.WatchInBranch)] = (model, x) => model.WatchInBranch(x),
        [nameof(Model.WatchInBoth)] = (model, x) => model.WatchInBoth(x),
        [nameof(Model.WatchVariableInBranch)] = (model, x) => model.WatchVariableInBranch(x),
        [nameof(Model.AssignedSource)] = (model, x) => model.AssignedSource(x),
        [nameof(Model.AssignedBoth)] = (model, x) => model.AssignedBoth(x),
        [nameof(Model.AssignedLoop)] = (model, x) => model.AssignedLoop(x),
        [nameof(Model.DisposedInBranch)] = (model, x) => model.DisposedInBranch(x),
        [nameof(Model.DisposedInOne)] = (model, x) => model.DisposedInOne(x),
        [nameof(Model.PersistentInBoth)] = (model, x) => model.PersistentInBoth(x),
        [nameof(Model.VariableAssignedInBranch)] = (model, x) => model.VariableAssignedInBranch(x),
        [nameof(Model.VariableReadAfterAssignedBranch)] = (model, x) => model.VariableReadAfterAssignedBranch(x),
        [nameof(Model.JacobianInBranch)] = (model, x) => model.JacobianInBranch(x),
        [nameof(Model.OpsJacobianInBranch)] = (model, x) => model.OpsJacobianInBranch(x),
        [nameof(Model.HessianInBranch)] = (model, x) => model.HessianInBranch(x),
        [nameof(Model.NestedTapes)] = (model, x) => model.NestedTapes(x),
        [nameof(Model.InnerAfterBranch)] = (model, x) => model.InnerAfterBranch(x),
        [nameof(Model.LoopsInBranch)] = (model, x) => model.LoopsInBranch(x),
        [nameof(Model.Conditional)] = (model, x) => model.Conditional(x),
        [nameof(Model.SwitchArms)] = (model, x) => model.SwitchArms(x),
        [nameof(Model.OutputGradient)] = (model, x) => model.OutputGradient(x),
        [nameof(Model.CustomInBranch)] = (model, x) => model.CustomInBranch(x),
        [nameof(Model.ThroughFunction)] = (model, x) => model.ThroughFunction(x),
        [nameof(Model.TapePassed)] = (model, x) => model.TapePassed(x),
        [nameof(Model.OwnTensor)] = (model, x) => model.OwnTensor(x),
        [nameof(Model.MergedAlone)] = (model, x) => model.MergedAlone(x),
        [nameof(Model.MergedWatched)] = (model, x) => model.MergedWatched(x),
        [nameof(Model.MergedAlias)] = (model, x) => model.MergedAlias(x),
        [nameof(Model.MergedInside)] = (model, x) => model.MergedInside(x),
        [nameof(Model.MergedOnDevice)] = (model, x) => model.MergedOnDevice(x),
        [nameof(Model.ScanState)] = (model, x) => model.ScanState(x),
        [nameof(Model.ScanStateAlone)] = (model, x) => model.ScanStateAlone(x),
        [nameof(Model.LoopOfInnerIf)] = (model, x) => model.LoopOfInnerIf(x),
        [nameof(Model.ArrayBranch)] = (model, x) => model.ArrayBranch(x),
        [nameof(Model.AnyLengthBranch)] = (model, x) => model.AnyLengthBranch(x),
        [nameof(Model.TryFinally)] = (model, x) => model.TryFinally(x),
        [nameof(Model.UsingInLoop)] = (model, x) => model.UsingInLoop(x),
        [nameof(Model.RandomInBranch)] = (model, x) => model.RandomInBranch(x),
        [nameof(Model.UsedThenIf)] = (model, x) => model.UsedThenIf(x),
    };

    // What the graph can't do as C# does it, with words of the remedy.
    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        [nameof(Model.LoopOnce)] = "persistent: true",
        [nameof(Model.LoopCarried)] = "'y', which a loop carries",
        [nameof(Model.LoopArray)] = "'array', which a loop carries",
        [nameof(Model.LoopNestedCarried)] = "'c', which a loop carries",
        [nameof(Model.LoopWatch)] = "ahead of the loop",
        [nameof(Model.LoopSourceCarried)] = "the source is carried",
        [nameof(Model.LoopDispose)] = "behind the loop",
        [nameof(Model.LoopCondition)] = "outside of this condition",
        [nameof(Model.LoopClosedTape)] = "'l', which a loop carries",
        [nameof(Model.LoopBranchGradient)] = "'sum', which a loop carries",
        [nameof(Model.InScanItems)] = "'items', which a loop carries",
        [nameof(Model.InScanState)] = "'initial', which a loop carries",
        [nameof(Model.InScanOnce)] = "persistent: true",
        [nameof(Model.WatchInBoth)] = "ahead of the branch",
        [nameof(Model.AssignedSource)] = "a tensor of its own",
        [nameof(Model.AssignedBoth)] = "a tensor of its own",
        [nameof(Model.AssignedLoop)] = "a tensor of its own",
        [nameof(Model.DisposedInBranch)] = "behind the branch",
        [nameof(Model.MergedWatched)] = "a tensor of its own",
        [nameof(Model.MergedAlias)] = "a tensor of its own",
        [nameof(Model.MergedInside)] = "a tensor of its own",
        [nameof(Model.MergedOnDevice)] = "a tensor of its own",
        [nameof(Model.ScanState)] = "a tensor of its own",
        [nameof(Model.LoopOfInnerIf)] = "a tensor of its own",
    };

    private static readonly string[] s_ofOther = [nameof(Model.InVmap), nameof(Model.InCheckpoint), nameof(Model.InCustom)];

    public static TheoryData<string> Programs => [.. s_programs.Keys.Except(s_refused.Keys).Except(s_ofOther)];

    public static TheoryData<string> Refused => [.. s_refused.Keys];

    public static TheoryData<string> OfOther => [.. s_ofOther];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Gradients_are_those_of_the_imperative_run(string program) => Modes.Both(() =>
    {
        var results = new List<Tensor>();
        foreach (float x in new[] { 3f, 1.5f, 0.5f })
        {
            var model = new Model();
            results.Add(s_programs[program](model, x));
            results.Add(model.W.Value);
        }

        return results;
    });

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_the_graph_can_not_know_is_refused(string program)
    {
        var error = Assert.Throws<GraphException>(() => Modes.Run(() => s_programs[program](new Model(), 3f), imperatively: false));
        Assert.Equal("TG4002", error.Id);
        Assert.Contains(s_refused[program], error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OfOther))]
    public void Functions_that_tapes_do_not_see_use_their_own(string program) =>
        Modes.Fails("TG4002", () => s_programs[program](new Model(), 3f), "the tape was opened");

    internal sealed partial class Model
    {
        public Variable W { get; } = new(2f);
    }
}
