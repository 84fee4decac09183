using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>The nearest way for members of TorchSharp that no graph function has.</summary>
internal static class TorchRemedies
{
    private const string Elsewhere = "Call it outside of the graph function and pass the result";
    private const string Read = "Return the tensor, and read it in the caller";
    private const string Placed = "Do it before the graph function is called; inside it would happen once, while tracing";
    private const string Drawn = "Call it outside; draws of a graph are those of TensorGraph's own generator (TensorGraph.Random)";

    private static readonly Dictionary<string, string> s_ways = new()
    {
        // Gradients.
        ["enable_grad"] = "End the no_grad scope where gradients are wanted again",
        ["set_grad_enabled"] = "Use using (torch.no_grad()) around what needs no gradient",
        ["is_grad_enabled"] = "Pass a bool argument in place of it",
        ["requires_grad_"] = "Make the tensor a Parameter of a module, or let the caller differentiate the call",
        ["requires_grad"] = "Set it before the graph function is called",
        ["retain_grad"] = "Return the tensor from a function whose caller calls backward",
        ["is_leaf"] = "Pass a bool argument in place of it",
        ["grad_fn"] = Elsewhere,
        ["grad"] = "Write it behind the parameter, or a variable of type Parameter (var w = layer.weight): layer.weight.grad",
        ["detach_"] = "Write x = x.detach()",
        ["autocast"] = "Cast with to(torch.bfloat16) what is to be narrow",
        // Values and memory.
        ["data"] = Read,
        ["tolist"] = Read,
        ["print"] = Read,
        ["ToString"] = Read,
        ["str"] = Read,
        ["jlstr"] = Read,
        ["npstr"] = Read,
        ["cstr"] = Read,
        ["numpy"] = Read,
        ["is_nonzero"] = "Write if ((bool)(x != 0))",
        ["allclose"] = "Write (x - y).abs().max() < 1e-5 in the condition, or call it in the caller",
        ["equal"] = "Write (x == y).all() in the condition",
        ["cuda"] = "Leave it out: graph functions run on the processor",
        ["to"] = Placed,
        ["half"] = "Write to(torch.float16)",
        ["bfloat16"] = "Write to(torch.bfloat16)",
        ["byte"] = "Write to(torch.uint8)",
        ["short"] = "Write to(torch.int16)",
        ["save"] = Placed,
        ["load"] = Placed,
        ["state_dict"] = "Call it before or after the graph function: the parameters are true whenever a call has returned",
        ["load_state_dict"] = Placed,
        ["register_buffer"] = Placed,
        ["register_parameter"] = Placed,
        ["register_module"] = Placed,
        ["cpu"] = Placed,
        ["apply"] = Placed,
        ["add_module"] = Placed,
        ["append"] = Placed,
        ["Add"] = Placed,
        ["LearningRate"] = "Use a scheduler, or set it before the graph function is called: each run reads it. A number in the graph is an argument",
        ["InitialLearningRate"] = "Set it before the graph function is called",
        ["manual_seed"] = Drawn,
        ["multinomial"] = Drawn,
        ["randperm"] = Drawn,
        ["seed"] = Drawn,
        // Written with others.
        ["addmv"] = "Write x + a.mv(v)",
        ["addbmm"] = "Write x + a.bmm(b).sum(0)",
        ["baddbmm"] = "Write x + a.bmm(b)",
        ["addr"] = "Write x + a.outer(b)",
        ["tensordot"] = "Write it with torch.einsum",
        ["inner"] = "Write (a * b).sum(-1), or torch.einsum",
        ["kron"] = "Write it with torch.einsum and reshape",
        ["trace"] = "Write torch.einsum(\"ii\", x)",
        ["diag"] = "Write torch.einsum(\"ii->i\", x), or x * torch.eye(n)",
        ["diagonal"] = "Write torch.einsum(\"ii->i\", x)",
        ["nansum"] = "Write torch.where(x.isnan(), 0f, x).sum()",
        ["nanmean"] = "Write it with isnan, where and sum",
        ["nan_to_num"] = "Write torch.where(x.isnan(), 0f, x)",
        ["count_nonzero"] = "Write (x != 0).sum()",
        ["std_mean"] = "Write x.std() and x.mean()",
        ["var_mean"] = "Write x.var() and x.mean()",
        ["aminmax"] = "Write x.amin() and x.amax()",
        ["median"] = "Write x.sort(dim) and take the entry in the middle",
        ["kthvalue"] = "Write x.topk(k, largest: false) and take the last entry",
        ["quantile"] = "Write x.sort(dim) and take the entries between",
        ["logaddexp"] = "Write torch.stack([a, b]).logsumexp(0)",
        ["hypot"] = "Write (a * a + b * b).sqrt()",
        ["heaviside"] = "Write torch.where(x > 0, 1f, 0f)",
        ["xlogy"] = "Write torch.where(x == 0, 0f, x * y.log())",
        ["logit"] = "Write (x / (1 - x)).log()",
        ["sinc"] = "Write (x * Math.PI).sin() / (x * Math.PI)",
        ["erfc"] = "Write 1 - x.erf()",
        ["positive"] = "Leave it out",
        ["float_power"] = "Write x.to(torch.float64).pow(y)",
        ["cummax"] = Elsewhere,
        ["tile"] = "Write x.repeat(…)",
        ["ravel"] = "Write x.flatten()",
        ["swapdims"] = "Write x.transpose(a, b)",
        ["moveaxis"] = "Write x.movedim(…)",
        ["fliplr"] = "Write x.flip(1)",
        ["flipud"] = "Write x.flip(0)",
        ["rot90"] = "Write it with flip and transpose",
        ["dstack"] = "Write torch.stack(…, 2)",
        ["column_stack"] = "Write torch.hstack(…)",
        ["meshgrid"] = "Write a.unsqueeze(1).expand(…) and b.unsqueeze(0).expand(…)",
        ["scatter"] = "Write it with one_hot, where or an assignment to indices",
        ["scatter_"] = "Write an assignment to indices: x[index] = value",
        ["scatter_add"] = "Write it with one_hot and matmul",
        ["index_put_"] = "Write x[index] = value",
        ["index_add"] = "Write it with one_hot and matmul",
        ["masked_scatter"] = "Write x[mask] = values",
        ["cdist"] = "Write ((a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(-1)).sqrt()",
        ["celu"] = "Write torch.maximum(x, x * 0) + torch.minimum(a * ((x / a).exp() - 1), x * 0)",
        ["glu"] = "Write a * b.sigmoid() of the parts of x.chunk(2, -1)",
        ["prelu"] = "Write torch.where(x > 0, x, weight * x)",
        ["threshold"] = "Write torch.where(x > limit, x, value)",
        ["softmin"] = "Write softmax of -x",
        ["softshrink"] = "Write x.sign() * (x.abs() - lambda).relu()",
        ["hardshrink"] = "Write torch.where(x.abs() > lambda, x, 0f)",
        ["tanhshrink"] = "Write x - x.tanh()",
        ["bilinear"] = "Write it with torch.einsum",
        ["embedding"] = "Write weight[ids], or use an Embedding module",
        ["poisson_nll_loss"] = "Write (x.exp() - target * x).mean()",
        ["hinge_embedding_loss"] = "Write it with where and clamp",
        ["margin_ranking_loss"] = "Write (-y * (a - b) + margin).relu().mean()",
        ["triplet_margin_loss"] = "Write ((a - p).norm(1) - (a - n).norm(1) + margin).relu().mean() over the rows",
    };

    /// <summary>The nearest way to do without a member.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="covered">A class of the shadow API, where it would be; null for a member of an object.</param>
    public static string For(string name, INamedTypeSymbol? covered)
    {
        if (s_ways.TryGetValue(name, out string way))
            return way;
        string[] words = [.. name.Split('_').Where(word => word.Length > 3)];
        string[] near = [.. covered?.GetMembers().OfType<IMethodSymbol>().Where(m => m.DeclaredAccessibility == Accessibility.Public)
            .Select(m => m.Name).Distinct().Where(other => other.Split('_').Intersect(words).Any()).Take(4) ?? []];
        return near.Length > 0 ? $"Covered are {string.Join(", ", near)}; or call it outside and pass the result"
            : $"{Elsewhere}; docs/coming-from-torchsharp.md lists what is covered";
    }
}
