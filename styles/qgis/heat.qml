<qgis labelsEnabled="0" version="3.22.16-Białowieża" styleCategories="Symbology|Labeling|Temporal">
 <temporal limitMode="0" startField="" durationField="" enabled="1" endExpression="coalesce(&quot;occurred_time&quot;, to_datetime(&quot;occurred_on&quot;) + to_interval('1 day'))" startExpression="coalesce(&quot;occurred_time&quot;, to_datetime(&quot;occurred_on&quot;))" durationUnit="min" fixedDuration="0" accumulate="0" mode="4" endField="">
  <fixedRange>
   <start></start>
   <end></end>
  </fixedRange>
 </temporal>
 <renderer-v2 type="heatmapRenderer" radius_unit="0" max_value="0" weight_expression="" referencescale="-1" radius="2.5" enableorderby="0" radius_map_unit_scale="3x:0,0,0,0,0,0" quality="2" forceraster="0" symbollevels="0">
  <colorramp type="gradient" name="[source]">
   <Option type="Map">
    <Option type="QString" name="color1" value="255,245,235,0"/>
    <Option type="QString" name="color2" value="127,39,4,230"/>
    <Option type="QString" name="discrete" value="0"/>
    <Option type="QString" name="rampType" value="gradient"/>
    <Option type="QString" name="stops" value="0.05;254,230,206,120:0.3;253,174,107,190:0.65;230,85,13,215"/>
   </Option>
   <prop k="color1" v="255,245,235,0"/>
   <prop k="color2" v="127,39,4,230"/>
   <prop k="discrete" v="0"/>
   <prop k="rampType" v="gradient"/>
   <prop k="stops" v="0.05;254,230,206,120:0.3;253,174,107,190:0.65;230,85,13,215"/>
  </colorramp>
 </renderer-v2>
 <blendMode>0</blendMode>
 <featureBlendMode>0</featureBlendMode>
 <layerGeometryType>0</layerGeometryType>
</qgis>
