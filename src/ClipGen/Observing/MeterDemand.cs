using System.Reflection;
using System.Runtime.CompilerServices;

namespace ClipGen.Observing;

/// <summary>
/// Tells when the meter is needed. To create it takes longer than thousands of clips of a small model, most of it to load the assembly of
/// meters. Before the process has loaded that assembly, no listener in it exists, so a clip need not create the meter. Tools of other
/// processes find it after a delay.
/// </summary>
internal sealed class MeterDemand
{
    private readonly string _assembly;
    private readonly long _latest;
    private volatile bool _isLoaded;

    /// <summary>Starts to wait.</summary>
    /// <param name="assembly">The name of the assembly of meters.</param>
    /// <param name="delay">The longest time to wait.</param>
    internal MeterDemand(string assembly, TimeSpan delay)
    {
        _assembly = assembly;
        _latest = Environment.TickCount64 + (long)delay.TotalMilliseconds;

        // In this order, so that no assembly is missed in between. Code compiled ahead of time contains the assembly.
        AppDomain.CurrentDomain.AssemblyLoad += OnLoad;
        if (!RuntimeFeature.IsDynamicCodeSupported || Array.Exists(AppDomain.CurrentDomain.GetAssemblies(), IsWanted))
            _isLoaded = true;
    }

    /// <summary>Whether the meter is needed. Once true, it stays true, and should not be asked again.</summary>
    internal bool IsDue
    {
        get
        {
            if (!_isLoaded && Environment.TickCount64 < _latest)
                return false;
            AppDomain.CurrentDomain.AssemblyLoad -= OnLoad;
            return true;
        }
    }

    private void OnLoad(object? sender, AssemblyLoadEventArgs load)
    {
        if (IsWanted(load.LoadedAssembly))
            _isLoaded = true;
    }

    private bool IsWanted(Assembly assembly) => assembly.GetName().Name == _assembly;
}
