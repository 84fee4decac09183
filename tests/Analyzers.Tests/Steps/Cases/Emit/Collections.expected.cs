[TracedTwin("F")] [global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]
    public Tensor[] __F_Traced(Tensor x)
    {
        GraphControl.Reads(this, ["Model._cells"], static (__owner, __state) =>
        {
            var __it = (global::Model)__owner!;
            __state.AddContents(__it._cells);
        });
        global::TensorGraph.Tensor[] __result1 = GraphControl.NoArray;
        Tensor[] a = [x, x * x];
        var s = new State([x], x);
        {
            Tensor i = 0f;
            var __while1 = GraphControl.While((a, s, i, _cells), Carried.All(Carried.Sized<global::TensorGraph.Tensor[]>("a", static __value => [new("a", __value)], static (__like, __leaves) => __leaves.Array(__like)), Carried.Sized<global::Model.State>("s", static __value => [new("s.Layers", __value.Layers), new("s.Last", __value.Last)], static (__like, __leaves) => new global::Model.State(__leaves.Array(__like.Layers), __leaves.Tensor())), Carried.Tensor("i"), Carried.Members<global::Model.Cell[], global::Model.Cell>("_cells", ["H"], static __item => [__item.H], static (__item, __leaves) => __item.H = __leaves[0])));
            __while1.Condition();
            (a, s, i, var _) = __while1.Next;
            __while1.EndCondition(i < 3);
            __while1.Body();
            do
            {
                (a, s, i, var _) = __while1.Next;
                a = [a[1] + i, a[0]];
                s = new State([s.Last], s.Layers[0]);
                using (GraphControl.Unrolled("Model.cs", 18))
                foreach (Cell cell in _cells)
            cell.H = cell.H + x;
                i++;
            }
            while (__while1.EndBody((a, s, i, _cells)));
            (a, s, i, var _) = __while1.Result;
        }
        var __if1 = GraphControl.If(a[0] > 3, __result1, Carried.Sized<global::TensorGraph.Tensor[]>("return value", static __value => [new("return value", __value)], static (__like, __leaves) => __leaves.Array(__like)));
        if (__if1.Then())
        {
            __result1 = [s.Last];
            __if1.EndThen(__result1);
        }
        __result1 = __if1.Before;
        if (__if1.Else())
        {
            __result1 = [a[0] + _cells[0].H];
            __if1.EndElse(__result1);
        }
        __if1.End();
        __result1 = __if1.Result;
        return __result1;
    }
}
