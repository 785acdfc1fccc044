namespace ClipGen.Tests.Optimizers;

/// <summary>
/// The updates that PyTorch documents, one element at a time in <see cref="double"/>, with another order of operations than the kernels.
/// </summary>
internal sealed class StepOracle(double parameter)
{
    private double _first;
    private double _second;
    private double _third;
    private long _step;

    internal double Parameter { get; private set; } = parameter;

    internal void Adam(
        double gradient, double rate, double beta1, double beta2, double epsilon, double decay, bool isDecoupled, bool amsGrad)
    {
        _step++;
        if (isDecoupled)
            Parameter -= rate * decay * Parameter;
        else
            gradient += decay * Parameter;
        _first += (1 - beta1) * (gradient - _first);
        _second += (1 - beta2) * ((gradient * gradient) - _second);
        _third = Math.Max(_third, _second);
        double mean = _first / (1 - Math.Pow(beta1, _step));
        double square = (amsGrad ? _third : _second) / (1 - Math.Pow(beta2, _step));
        Parameter -= rate * mean / (Math.Sqrt(square) + epsilon);
    }

    internal void Sgd(double gradient, double rate, double momentum, double dampening, double decay, bool nesterov)
    {
        _step++;
        gradient += decay * Parameter;
        if (momentum != 0)
        {
            _first = _step == 1 ? gradient : (momentum * _first) + ((1 - dampening) * gradient);
            gradient = nesterov ? gradient + (momentum * _first) : _first;
        }

        Parameter -= rate * gradient;
    }

    internal void RmsProp(double gradient, double rate, double alpha, double epsilon, double decay, double momentum, bool centered)
    {
        gradient += decay * Parameter;
        _first = (alpha * _first) + ((1 - alpha) * gradient * gradient);
        _third = (alpha * _third) + ((1 - alpha) * gradient);
        double variance = centered ? _first - (_third * _third) : _first;
        double update = gradient / (Math.Sqrt(variance) + epsilon);
        if (momentum > 0)
            update = _second = (momentum * _second) + update;
        Parameter -= rate * update;
    }

    internal void Lion(double gradient, double rate, double beta1, double beta2, double decay)
    {
        Parameter *= 1 - (rate * decay);
        Parameter -= rate * Math.Sign((beta1 * _first) + ((1 - beta1) * gradient));
        _first = (beta2 * _first) + ((1 - beta2) * gradient);
    }
}
