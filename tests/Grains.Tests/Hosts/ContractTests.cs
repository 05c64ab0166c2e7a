using System.Reflection;
using Orleans;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Hosts;

/// <summary>What a contract does not number stays behind when it travels between silos; here it would go along, so no other test sees that.</summary>
public sealed class ContractTests
{
    private static readonly Type[] Contracts = [.. typeof(ICallGrain).Assembly.GetTypes().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null)];

    [Fact]
    public void Every_property_of_a_contract_travels_between_silos()
    {
        Assert.NotEmpty(Contracts);
        Assert.Empty(Contracts.SelectMany(type => PropertiesOf(type)
            .Where(property => !IsPositional(type, property) && property.GetCustomAttribute<IdAttribute>() is null)
            .Select(property => $"{type.Name}.{property.Name} has neither an [Id] nor a place in the constructor")));
    }

    [Fact]
    public void No_two_properties_of_a_contract_have_the_same_number() =>
        Assert.Empty(Contracts.SelectMany(type => PropertiesOf(type)
            .Select(property => property.GetCustomAttribute<IdAttribute>())
            .OfType<IdAttribute>()
            .GroupBy(id => id.Id)
            .Where(group => group.Count() > 1)
            .Select(group => $"{type.Name}: {group.Key}")));

    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type
        .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .Where(property => property.SetMethod is not null && property.GetIndexParameters().Length == 0);

    private static bool IsPositional(Type type, PropertyInfo property) =>
        type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Any(constructor => constructor.GetParameters().Any(parameter => parameter.Name == property.Name && parameter.ParameterType == property.PropertyType));
}
