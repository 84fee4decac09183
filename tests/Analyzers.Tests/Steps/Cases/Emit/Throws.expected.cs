[TracedTwin("F")] [global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]
    public Tensor __F_Traced(Tensor x, Tensor y, int n)
    {
        var __if1 = GraphControl.If(x > 3, y, Carried.Tensor("y"));
        if (__if1.Then())
        {
            bool __thrown1 = false;
            if (n > 3)
            {
                GraphControl.Throw([x], GraphControl.Holding(n, __held => { var n = __held; return (global::System.Func<global::TensorGraph.Tensor[], global::System.Exception>)(__values => { var x = __values[0]; return new InvalidOperationException($"{x} with {n}"); }); }));
                __thrown1 = true;
            }
            if (!__thrown1)
            {
                y = y + 1;
            }
            __if1.EndThen(y);
        }
        __if1.End();
        y = __if1.Result;
        return GraphControl.Select(y > 5, () => GraphControl.Thrown(() => { GraphControl.Throw([y], __values => { var y = __values[0]; return new ArgumentException($"{y}"); }); }, GraphControl.Undefined), () => y);
    }
}
