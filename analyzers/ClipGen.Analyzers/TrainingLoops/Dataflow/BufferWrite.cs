using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Tensors;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>One write of numbers in a body, and the written value.</summary>
/// <param name="operation">The assignment, declaration or call.</param>
/// <param name="target">The written buffer.</param>
/// <param name="values">The assigned or added values.</param>
/// <param name="kind">The operator that applies the values; <see langword="null"/> if they replace the old value.</param>
internal sealed class BufferWrite(IOperation operation, BufferAccess target, IReadOnlyList<IOperation> values, BinaryOperatorKind? kind)
{
    private static readonly HashSet<string> Subtractions = new(StringComparer.OrdinalIgnoreCase)
    {
        "Sub", "Subtract", "SubtractInPlace", "SubInPlace", "Minus", "Decrement", "SubtractScaled", "SubtractFrom",
    };

    private static readonly HashSet<string> Additions = new(StringComparer.OrdinalIgnoreCase)
    {
        "Add", "AddInPlace", "Plus", "Increment", "AddScaled", "AddMultiplied", "Axpy",
    };

    // Words of methods that say how, or on what, they add: ElementWiseAdd, AddMatrix.
    private static readonly HashSet<string> Manners =
        ["element", "wise", "elementwise", "pointwise", "in", "place", "by", "matrix", "matrices", "vector", "array", "to", "self",
        "row", "column", "line"];

    private static readonly HashSet<string> Multiplications = new(StringComparer.OrdinalIgnoreCase)
    {
        "Multiply", "MultiplyInPlace", "Mul", "Scale", "ElementWiseMultiply", "MultiplyElementWise", "PointwiseMultiply", "Hadamard",
        "HadamardProduct",
    };

    private static readonly HashSet<string> LimitingFunctions = new(StringComparer.OrdinalIgnoreCase)
    {
        "Clamp", "Clip", "Clamp01", "Min", "Max", "Sign", "Tanh", "Limit", "Truncate", "Normalize", "Normalized",
    };

    private static readonly string[] ScalingWords = ["mul", "scal", "times", "dot", "outer", "product"];

    private static readonly string[] ScaleWords = ["clip", "clamp", "coef", "norm", "scale"];

    // Cached, because each is requested for every gradient of the body.
    private HashSet<ISymbol>? _reads;
    private bool? _movesParameters;
    private bool? _isLimited;
    private bool? _limitsChange;
    private bool? _readsScale;
    private bool? _readsRate;
    private bool? _isReplacedUnderCondition;
    private bool? _hasFactor;
    private bool? _isDerivative;
    private int? _products;

    public IOperation Operation => operation;

    public BufferAccess Target => target;

    public IReadOnlyList<IOperation> Values => values;

    public BinaryOperatorKind? Kind => kind;

    /// <summary>Whether the target is a variable that runs over the items of the value, a collection.</summary>
    public bool IsItem { get; private init; }

    /// <summary>The call that computes the values into a buffer among its arguments.</summary>
    private IInvocationOperation? Call { get; init; }

    /// <summary>The write in the called method that this one stands for.</summary>
    private BufferWrite? Inner { get; init; }

    /// <summary>The expression for the target, as far as there is one.</summary>
    public IOperation? TargetExpression { get; private init; } = operation switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IInvocationOperation call => call.Instance,
        _ => null,
    };

    /// <summary>The local number that is stored: <c>n</c> of <c>delta[i] = n</c>.</summary>
    public ILocalSymbol? Number => kind is null && values.Count == 1 ? BufferAccess.LocalNumber(Stored ?? values[0]) : null;

    /// <summary>The value in the source, if <see cref="WithValue"/> replaced it.</summary>
    private IOperation? Stored { get; init; }

    private IEnumerable<IOperation> Parts
    {
        get
        {
            IEnumerable<IOperation> parts = values.SelectMany(value => value.DescendantsAndSelf());
            return Call is null ? parts : parts.Prepend(Call);
        }
    }

    public SyntaxNode Syntax => operation.Syntax;

    /// <summary>The variables and members that the values are computed from.</summary>
    public HashSet<ISymbol> Reads => _reads ??= ReadsOf(values);

    /// <summary>Whether the write has the form of an update of parameters.</summary>
    public bool MovesParameters => _movesParameters ??= ParameterUpdate.HasShape(this);

    /// <summary>Whether the value is limited: by a clamp, or to its sign.</summary>
    public bool IsLimited =>
        _isLimited ??= Parts.OfType<IInvocationOperation>().Any(IsLimit) || Inner?.IsLimited == true;

    /// <summary>Whether a condition on the target replaces it by a limit.</summary>
    public bool IsReplacedUnderCondition => _isReplacedUnderCondition ??= BufferLimits.Replaces(this);

    /// <summary>
    /// Whether the value that is added to the target is limited, and not only the old value in it: a decay of <c>Sign(w)</c>.
    /// </summary>
    public bool LimitsChange => _limitsChange ??= Inner?.LimitsChange == true || Parts.OfType<IInvocationOperation>().Any(call =>
        IsLimit(call) && !call.Arguments.All(argument => BufferAccess.IsOf(argument.Value, target.Symbol)));

    /// <summary>Whether a factor is named after a clip.</summary>
    public bool ReadsScale => _readsScale ??= Inner?.ReadsScale == true
        || Reads.Any(read => TrainingVocabulary.ContainsAny(read.Name, ScaleWords) && !IsLearningRate(read));

    /// <summary>The local numbers of the body that are set from a learning rate.</summary>
    public ISet<ISymbol>? Rates { private get; set; }

    /// <summary>Whether the value contains a learning rate.</summary>
    public bool ReadsRate => _readsRate ??= Inner?.ReadsRate == true || Reads.Any(IsLearningRate);

    /// <summary>Whether a variable is a learning rate, by its name or because the body sets it from one.</summary>
    public bool IsLearningRate(ISymbol symbol) => NetworkNames.IsLearningRate(symbol.Name) || Rates?.Contains(symbol) == true;

    /// <summary>
    /// Whether the value contains a factor that may be a learning rate of any name: a fraction, a named constant, or one number that is
    /// neither an error nor an activation.
    /// </summary>
    public bool HasFactor => _hasFactor ??= Inner?.HasFactor == true
        || (kind is BinaryOperatorKind.Multiply && IsRate(values[0]))
        || Parts.Any(part => FactorsOf(part)?.Any(IsRate) == true);

    /// <summary>Whether the value is a derivative of the loss, by how it is computed.</summary>
    public bool IsDerivative => _isDerivative ??= BackwardStructure.IsDerivative(this);

    /// <summary>The number of multiplications in the value.</summary>
    public int Products => _products ??= (Inner?.Products ?? 0)
        + (kind is BinaryOperatorKind.Multiply ? 1 : 0)
        + Parts.Count(part => FactorsOf(part) is not null);

    /// <summary>What a product or a call multiplies; <see langword="null"/> for other operations.</summary>
    private static IEnumerable<IOperation>? FactorsOf(IOperation part) => part switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply } product => [product.LeftOperand, product.RightOperand],
        IInvocationOperation { TargetMethod.Name: var name } call when TrainingVocabulary.ContainsAny(name, ScalingWords) =>
            call.Arguments.Select(argument => argument.Value),
        _ => null,
    };

    private static bool IsRate(IOperation factor) =>
        factor.WithoutConversions().ConstantNumber() is { } constant
            ? constant is > 0 and < 1 || (constant > 0 && BufferAccess.Of(factor) is not null)
            : BufferAccess.Of(factor) is { IsNumber: true, IsElement: false, Path: [var symbol and not ILocalSymbol, ..] path }
                && (path.Count == 1 || NetworkNames.IsSpelledRate(symbol.Name))
                && !NetworkNames.IsCandidate(symbol.Name) && !NetworkNames.IsParameter(symbol.Name)
                && !ParameterName.IsActivation(symbol.Name);

    /// <summary>Whether the value contains a factor.</summary>
    public bool IsScaled => Inner?.IsScaled == true || Parts.Any(part =>
        part is IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide }
            || (part is IInvocationOperation { TargetMethod.Name: var name } && TrainingVocabulary.Contains(name, "mul")));

    /// <summary>Whether the value is computed from numbers, and not only selected by a condition or a query, or created.</summary>
    public bool IsComputed => Parts.Any(part => part switch
    {
        IInvocationOperation call => call.TargetMethod.ContainingType is not { Name: "Enumerable" or "Array" },
        IBinaryOperation { OperatorKind: var kind } => kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract
            or BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide,
        _ => false,
    });

    /// <summary>The value that replaces the old one, if there is one.</summary>
    public IOperation? NewValue => Kind is null ? Call ?? Values[0].WithoutConversions() : null;

    /// <summary>
    /// What is added to the target or subtracted from it: <c>x</c> of <c>w -= x</c>, <c>w = w - x</c>, <c>w = w.Add(x)</c> and
    /// <c>w = Sum(w, x)</c>.
    /// </summary>
    public IOperation? Change
    {
        get
        {
            if (Kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract)
                return Values[0];
            (IOperation? old, IOperation? change) = NewValue switch
            {
                IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } sum =>
                    (sum.LeftOperand, sum.RightOperand),
                IInvocationOperation { Instance: { } instance, Arguments: [{ Value: var added }] } call
                    when IsSum(call.TargetMethod.Name) => (instance, added),
                IInvocationOperation { Instance: null, Arguments: [{ Value: var first }, { Value: var second }] } call
                    when IsSumOfTwo(call.TargetMethod) => (first, second),
                _ => (null, null),
            };
            return BufferAccess.IsOf(old, Target.Symbol) ? change : null;
        }
    }

    /// <summary>Whether a method adds or subtracts two values: <c>Matrix.Sum(a, b)</c>.</summary>
    public static bool IsSumOfTwo(IMethodSymbol method) =>
        method is { IsStatic: true, Parameters.Length: 2 }
        && (IsSum(method.Name) || (TrainingVocabulary.Contains(method.Name, "sum") && VerbOf(method.Name) == "sum"));

    /// <summary>
    /// The factor of a write that scales its target: <c>g *= s</c>, <c>g = g / s</c>; <see langword="null"/> for other writes.
    /// </summary>
    public IOperation? Factor
    {
        get
        {
            if (Kind is BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide)
                return Values[0];
            (IOperation? scaled, IOperation? factor) = NewValue switch
            {
                IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide } product =>
                    (product.LeftOperand, product.RightOperand),
                IInvocationOperation { TargetMethod.Name: "Multiply" or "Divide", Arguments: { Length: > 1 } operands } =>
                    (operands[0].Value, operands[1].Value),
                _ => (null, null),
            };
            return BufferAccess.IsOf(scaled, Target.Symbol) ? factor : null;
        }
    }

    /// <summary>Whether the write divides its target.</summary>
    public bool Divides => Kind is BinaryOperatorKind.Divide
        || NewValue is IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide } or IInvocationOperation { TargetMethod.Name: "Divide" };

    /// <summary>The buffers that the new value refers to, if it is a buffer or a list of them.</summary>
    public IReadOnlyList<IOperation> ViewedValues() => NewValue is { } value ? BuffersIn(value) : [];

    /// <summary>A value that is a buffer, the items of a value that is a list of buffers, or the choices of a condition.</summary>
    public static IReadOnlyList<IOperation> BuffersIn(IOperation value)
    {
        IEnumerable<IOperation>? items = value switch
        {
            IArrayCreationOperation { Initializer.ElementValues: var elements } => elements,
            IObjectCreationOperation { Initializer.Initializers: var added } =>
                added.OfType<IInvocationOperation>().Where(call => call.Arguments.Length == 1).Select(call => call.Arguments[0].Value),
            IConditionalOperation { WhenFalse: { } other } choice => [choice.WhenTrue, other],
            _ when value.IsCollectionExpression() => value.ChildOperations.Select(item => item.SpreadOperand() ?? item),
            _ => null,
        };
        if (items is null)
            return [value];
        IOperation[] buffers = [.. items.Select(item => item.WithoutConversions())];
        return buffers.Length > 0 ? buffers : [value];
    }

    /// <summary>
    /// The gradient that a value is a view of: the gradient itself, a part of it, or the result of a call that computes nothing and reads
    /// no other buffer.
    /// </summary>
    public static ISymbol? GradientViewedBy(IOperation value)
    {
        if (value is IInvocationOperation call)
        {
            BufferAccess?[] read = [.. call.Arguments.Select(argument => argument.Value).Prepend(call.Instance).Select(BufferAccess.Of)];
            BufferAccess[] buffers =
                [.. read.OfType<BufferAccess>().Where(access => !access.IsNumber && BufferAccess.HoldsNumbers(access.Type))];
            return buffers.Length == 1 && !IsArithmetic(call.TargetMethod.Name) ? GradientIn(buffers[0]) : null;
        }

        return BufferAccess.Of(value) is { IsNumber: false } named ? GradientIn(named) : null;

        static ISymbol? GradientIn(BufferAccess access) =>
            access.Path.FirstOrDefault(symbol => NetworkNames.IsGradient(symbol.Name) || NetworkNames.IsChange(symbol.Name));
    }

    /// <summary>The write of an operation; <see langword="null"/> if it is none.</summary>
    public static BufferWrite? Of(IOperation operation)
    {
        switch (operation)
        {
            // The pointer moves, and nothing behind it changes.
            case ICompoundAssignmentOperation { Target.Type: IPointerTypeSymbol }:
                return null;
            case ICompoundAssignmentOperation compound:
                return New(compound, BufferAccess.Of(compound.Target), [compound.Value], compound.OperatorKind);
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                return New(assignment, BufferAccess.Of(assignment.Target), [assignment.Value], null);
            case IVariableDeclaratorOperation declarator:
                IOperation? initial = (declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer)?.Value;
                return initial is null ? null : New(declarator, BufferAccess.Of(declarator.Symbol), [initial], null);
            case IInvocationOperation { Parent: IExpressionStatementOperation, Instance: { } instance, Arguments.Length: > 0 } call:
                return BufferAccess.StoredBy(call) is { } stored
                    ? New(call, stored, [call.Arguments[call.Arguments.Length - 1].Value], null)
                    : OfCall(call, instance);
            case IInvocationOperation { TargetMethod.ContainingType.Name: "TensorPrimitives", Parent: IExpressionStatementOperation } call:
                return OfPrimitive(call);
            case IForEachLoopOperation { Locals: [var item] } loop when BufferAccess.HoldsNumbers(item.Type):
                return new BufferWrite(loop, BufferAccess.Of(item), [loop.Collection], null) { IsItem = true };
            case IAnonymousFunctionOperation { Symbol.Parameters: [var item, ..] } function
                when LambdaCollection.Of(function, 0) is { } items:
                return BufferAccess.HoldsNumbers(item.Type)
                    ? new BufferWrite(function, BufferAccess.Of(item), [items], null) { IsItem = true }
                    : null;
            default:
                return null;
        }
    }

    /// <summary>The write that a called method makes into what the caller passes.</summary>
    /// <param name="call">The call.</param>
    /// <param name="passed">What the caller passes.</param>
    /// <param name="target">The target, as the caller names it.</param>
    /// <param name="values">The arguments that the value is computed from.</param>
    /// <param name="inner">The write in the method.</param>
    public static BufferWrite Within(
        IInvocationOperation call, IOperation? passed, BufferAccess target, IReadOnlyList<IOperation> values, BufferWrite inner) =>
        new(call, target, values, inner.Kind ?? (inner.MovesParameters ? BinaryOperatorKind.Add : null))
        {
            Call = call,
            Inner = inner,
            TargetExpression = passed,
        };

    /// <summary>The same write with the value that the body gave to the local number before: <c>n = w - rate * g; w = n</c>.</summary>
    public BufferWrite WithValue(IOperation value) => new(operation, target, [value], kind) { Stored = values[0] };

    /// <summary>
    /// The same write as a change of the target, which the body makes to a local number: <c>n = w; n -= rate * g; w = n</c>.
    /// </summary>
    public BufferWrite WithChange(IReadOnlyList<IOperation> changes, BinaryOperatorKind? by) => new(operation, target, changes, by);

    /// <summary>Whether a method of that name adds or subtracts.</summary>
    public static bool IsSum(string method) => OperatorOf(method) is not null;

    private static BinaryOperatorKind? OperatorOf(string method)
    {
        if (OperatorNamed(method) is { } named)
            return named;
        return (TrainingVocabulary.Contains(method, "add") || TrainingVocabulary.Contains(method, "sub")) && VerbOf(method) is { } verb
            ? OperatorNamed(verb)
            : null;
    }

    /// <summary>The one word of a name that does not say how, or on what, a method computes: <c>add</c> of <c>AddMatrix</c>.</summary>
    private static string? VerbOf(string method) =>
        IdentifierWords.Of(method).Where(word => !Manners.Contains(word)).ToArray() is [var verb] ? verb : null;

    private static BinaryOperatorKind? OperatorNamed(string verb) =>
        Subtractions.Contains(verb) ? BinaryOperatorKind.Subtract : Additions.Contains(verb) ? BinaryOperatorKind.Add : null;

    /// <summary>Whether a call is named after a clip or a clamp.</summary>
    public static bool IsClamp(IInvocationOperation call) =>
        TrainingVocabulary.Contains(call.TargetMethod.Name, "clip") || TrainingVocabulary.Contains(call.TargetMethod.Name, "clamp");

    /// <summary>Whether a call limits numbers. The greater of two gradients is not limited.</summary>
    public static bool IsLimit(IInvocationOperation call)
    {
        string name = call.TargetMethod.Name;
        if (IsClamp(call))
            return true;
        if (!LimitingFunctions.Contains(name))
            return false;
        return !(name.StartsWith("M", StringComparison.OrdinalIgnoreCase) && name.Length == 3)
            || !call.Arguments.Where(argument => BufferAccess.HoldsNumbers(argument.Value.Type)).All(argument =>
                BufferAccess.Of(argument.Value) is { } access && access.Path.Any(symbol => NetworkNames.IsGradient(symbol.Name)));
    }

    private static bool IsArithmetic(string method) =>
        IsSum(method) || LimitingFunctions.Contains(method) || TrainingVocabulary.ContainsAny(method, GradientCopies.Arithmetic)
        || TrainingVocabulary.ContainsAny(method, ScaleWords);

    private static BufferWrite? OfCall(IInvocationOperation call, IOperation instance)
    {
        string name = call.TargetMethod.Name;
        IOperation[] arguments = [.. call.Arguments.Select(argument => argument.Value)];
        if (IsOfFramework(instance.Type))
            return OfCollection(call, instance, arguments[arguments.Length - 1]);
        if (OperatorOf(name) is not { } kind)
        {
            // gradient.Multiply(errors), which returns nothing
            return call.TargetMethod.ReturnsVoid && arguments.Length == 1 && Multiplications.Contains(name)
                ? New(call, BufferAccess.Of(instance), arguments, BinaryOperatorKind.Multiply)
                : null;
        }

        // gradient.SubtractFrom(parameter, result)
        bool isReversed = name.EndsWith("From", StringComparison.OrdinalIgnoreCase);
        return New(
            call,
            BufferAccess.Of(isReversed ? arguments[0] : instance),
            isReversed ? [instance] : arguments,
            kind);
    }

    /// <summary>
    /// An item that a collection of gradients receives, <c>errors.Add(neuron, error)</c>, or a new weight,
    /// <c>moved.Add(weights[i] - rate * gradients[i])</c>.
    /// </summary>
    private static BufferWrite? OfCollection(IInvocationOperation call, IOperation collection, IOperation item) =>
        call.TargetMethod.Name is "Add" or "Insert" or "Push" or "Enqueue"
        && BufferAccess.ItemOf(collection, item.Type) is { } target
        && (target.Path.Any(symbol => NetworkNames.IsCandidate(symbol.Name)) || IsMovedParameter(item))
            ? New(call, target, [item], null)
            : null;

    private static bool IsMovedParameter(IOperation item) =>
        item.WithoutConversions() is IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } sum
        && BufferAccess.Of(sum.LeftOperand) is { } moved && NetworkNames.IsParameter(moved.Symbol.Name);

    /// <summary>The last argument of a function over tensors is the buffer for the result.</summary>
    private static BufferWrite? OfPrimitive(IInvocationOperation call)
    {
        IOperation[] arguments = [.. call.Arguments.Select(argument => argument.Value)];
        return arguments.Length > 1
            && BufferAccess.Of(arguments[arguments.Length - 1]) is { } target && BufferAccess.HoldsNumbers(target.Type)
            ? new BufferWrite(call, target, [.. arguments.Take(arguments.Length - 1)], null) { Call = call }
            : null;
    }

    private static BufferWrite? New(
        IOperation operation, BufferAccess? target, IReadOnlyList<IOperation> values, BinaryOperatorKind? kind) =>
        target is { } written && BufferAccess.HoldsNumbers(written.Type) ? new BufferWrite(operation, written, values, kind) : null;

    /// <summary>Whether the type is a collection of the framework. Add then adds an item.</summary>
    private static bool IsOfFramework(ITypeSymbol? type)
    {
        INamespaceSymbol? space = type?.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space is { IsGlobalNamespace: false, Name: "System" };
    }

    private static HashSet<ISymbol> ReadsOf(IEnumerable<IOperation> values)
    {
        var reads = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (IOperation part in values.SelectMany(value => value.DescendantsAndSelf()))
        {
            switch (part)
            {
                case IFieldReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: false }:
                    reads.Add(((IMemberReferenceOperation)part).Member.OriginalDefinition);
                    break;
                case ILocalReferenceOperation local:
                    reads.Add(local.Local);
                    break;
                case IParameterReferenceOperation parameter:
                    reads.Add(parameter.Parameter.OriginalDefinition);
                    break;
                case IInvocationOperation call when BufferAccessors.ReturnsGradient(call) || BufferAccessors.IsRead(call):
                    reads.Add(BufferAccessors.StoredBehind(call.TargetMethod));
                    break;
            }
        }

        return reads;
    }
}
