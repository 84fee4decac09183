[TracedTwin("F")] [global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]
    public Tensor __F_Traced(Tensor x, Tensor y, int n)
    {
        // Two counters.
        {
            Tensor i = 0, j = 9;
            var __while1 = GraphControl.While((y, i, j), Carried.Tensors("y", "i", "j"));
            __while1.Condition();
            (y, i, j) = __while1.Next;
            __while1.EndCondition(i < j);
            __while1.Body();
            do
            {
                (y, i, j) = __while1.Next;
                y = y + i;
                i++;
                j--;
            }
            while (__while1.EndBody((y, i, j)));
            (y, i, j) = __while1.Result;
        }
        global::TensorGraph.Tensor __break1 = GraphControl.False;
        var __while2 = GraphControl.While((y, __break1), Carried.Tensors("y", "__break1"));
        __while2.Condition();
        (y, __break1) = __while2.Next;
        __while2.EndCondition(GraphControl.NoneOf(__break1));
        __while2.Body();
        do
        {
            (y, __break1) = __while2.Next;
            y = y - 1;
            __break1 = GraphControl.Not(y > 9);
        }
        while (__while2.EndBody((y, __break1)));
        (y, __break1) = __while2.Result;
        global::TensorGraph.Tensor __break2 = GraphControl.False;
        {
            var __while3_items = x;
            global::TensorGraph.Tensor __while3_index = GraphControl.First(__while3_items);
            var __while3 = GraphControl.While((__while3_index, y, __break2), Carried.Tensors("__while3_index", "y", "__break2"));
            __while3.Condition();
            (__while3_index, y, __break2) = __while3.Next;
            __while3.EndCondition(GraphControl.AndAlso(GraphControl.NoneOf(__break2), () => GraphControl.HasElement(__while3_items, __while3_index)));
            __while3.Body();
            do
            {
                (__while3_index, y, __break2) = __while3.Next;
                Tensor row = GraphControl.Element(__while3_items, __while3_index);
                __while3_index = GraphControl.Next(__while3_index);
                var __if1 = GraphControl.If(row > 3, (y, __break2), Carried.Tensors("y", "__break2"));
                if (__if1.Then())
                {
                    __break2 = GraphControl.True;
                    __if1.EndThen((y, __break2));
                }
                (y, __break2) = __if1.Before;
                if (__if1.Else())
                {
                    y = y + row;
                    __if1.EndElse((y, __break2));
                }
                __if1.End();
                (y, __break2) = __if1.Result;
            }
            while (__while3.EndBody((__while3_index, y, __break2)));
            (__while3_index, y, __break2) = __while3.Result;
        }
        global::TensorGraph.Tensor __break3 = GraphControl.False;
        using (GraphControl.Unrolled("Model.cs", 16))
        for (int k = 0; k < n; k++)
        {
            bool __last1 = GraphControl.AnyKnown(__break3);
            if (__last1) break;
            var __iteration1 = GraphControl.If(GraphControl.NoneOf(__break3), (y, __break3), Carried.Tensors("y", "__break3"));
            if (__iteration1.Then())
            {
                var __if2 = GraphControl.If(y > k, (y, __break3), Carried.Tensors("y", "__break3"));
                if (__if2.Then())
                {
                    __break3 = GraphControl.True;
                    __if2.EndThen((y, __break3));
                }
                (y, __break3) = __if2.Before;
                if (__if2.Else())
                {
                    y = y + k;
                    __if2.EndElse((y, __break3));
                }
                __if2.End();
                (y, __break3) = __if2.Result;
                __last1 = GraphControl.AnyKnown(__break3);
                __iteration1.EndThen((y, __break3));
            }
            __iteration1.End();
            (y, __break3) = __iteration1.Result;
            if (__last1) break;
        }
        global::TensorGraph.Tensor __break4 = GraphControl.False;
        var __while4 = GraphControl.While((x, y, __break4), Carried.Tensors("x", "y", "__break4"));
        __while4.Condition();
        (x, y, __break4) = __while4.Next;
        __while4.EndCondition(GraphControl.NoneOf(__break4));
        __while4.Body();
        do
        {
            (x, y, __break4) = __while4.Next;
            var __test1 = GraphControl.Test((x = x - 1) > 0, (x, y, __break4), Carried.Tensors("x", "y", "__break4"));
            if (__test1.Then())
            {
                y = y + x;
                __test1.EndThen((x, y, __break4));
            }
            (x, y, __break4) = __test1.Before;
            if (__test1.Else())
            {
                __break4 = GraphControl.True;
                __test1.EndElse((x, y, __break4));
            }
            __test1.End();
            (x, y, __break4) = __test1.Result;
        }
        while (__while4.EndBody((x, y, __break4)));
        (x, y, __break4) = __while4.Result;
        return y;
    }
}
