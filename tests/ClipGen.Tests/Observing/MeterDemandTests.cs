using System.Reflection;
using System.Reflection.Emit;
using ClipGen.Observing;

namespace ClipGen.Tests.Observing;

/// <summary>When the meter is created: with the assembly of meters, or after a delay.</summary>
public class MeterDemandTests
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    [Fact]
    public void The_meter_is_needed_once_the_process_has_loaded_its_assembly()
    {
        Assert.True(new MeterDemand(typeof(MeterDemandTests).Assembly.GetName().Name!, Never).IsDue);

        string another = "Meters" + Guid.NewGuid().ToString("N");
        var demand = new MeterDemand(another, Never);
        Assert.False(demand.IsDue);
        Load("Not" + another);
        Assert.False(demand.IsDue);
        Load(another);
        Assert.True(demand.IsDue);
        Assert.True(demand.IsDue);
    }

    [Fact]
    public void The_meter_is_needed_after_the_delay_for_tools_of_other_processes() =>
        Assert.True(new MeterDemand("No.Such.Assembly", TimeSpan.Zero).IsDue);

    [Fact]
    public void The_assembly_that_clips_wait_for_is_that_of_meters() =>
        Assert.Equal(ClipObservation.MeterAssembly, typeof(System.Diagnostics.Metrics.Meter).Assembly.GetName().Name);

    private static void Load(string name)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        assembly.DefineDynamicModule(name).DefineType("Empty").CreateType();
        using var file = new MemoryStream();
        assembly.Save(file);
        Assembly.Load(file.ToArray());
    }
}
